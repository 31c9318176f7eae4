import { Body, HttpCode, Inject, Post } from '@nestjs/common'
import { Admin, type AdminContext } from '../access/admin-actor.ts'
import { AdminController } from '../access/admin-controller.ts'
import type { RoleToken } from '../admin-api.types.ts'
import { parseInput } from '../wire/parse-input.ts'
import { CreateToken, tokenInput } from './create-token.ts'

/** POST /tokens. */
@AdminController('tokens')
export class TokensController {
  constructor(@Inject(CreateToken) private readonly tokens: CreateToken) {}

  @Post()
  @HttpCode(200)
  create(@Body() body: unknown, @Admin() admin: AdminContext): Promise<RoleToken> {
    return this.tokens.run(parseInput(tokenInput, body), admin)
  }
}

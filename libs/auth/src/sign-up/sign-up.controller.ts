import { Body, HttpCode, Inject, Post, Req } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { AuthApi } from '../auth-api.decorator.ts'
import { clientFactsOf } from '../client-facts.ts'
import { SignUp } from './sign-up.ts'

@AuthApi()
export class SignUpController {
  constructor(@Inject(SignUp) private readonly signUp: SignUp) {}

  @Post('signup')
  @HttpCode(200)
  post(@Body() body: unknown, @Req() request: FastifyRequest): Promise<object> {
    return this.signUp.signUp(body, clientFactsOf(request))
  }
}

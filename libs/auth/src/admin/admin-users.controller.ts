import { Body, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Res, UseGuards } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { ServiceRoleGuard } from '../access/key.guards.ts'
import { AuthApi, authPath } from '../auth-api.decorator.ts'
import { invalidInput } from '../auth.errors.ts'
import { renderUser } from '../users/user-row.ts'
import { AdminUsers } from './admin-users.ts'

const perPageMax = 1000
const pageMax = 1_000_000

/** /admin/users: service_role only. */
// Decorators run upwards: the API key is looked at first.
@UseGuards(ServiceRoleGuard)
@AuthApi('admin/users')
export class AdminUsersController {
  constructor(@Inject(AdminUsers) private readonly users: AdminUsers) {}

  @Get()
  async list(@Query() query: Record<string, unknown>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const number = wholeNumber('page', query['page'], 1, pageMax)
    const size = Math.min(wholeNumber('per_page', query['per_page'], 50, pageMax), perPageMax)
    const filter = typeof query['filter'] === 'string' && query['filter'] !== '' ? query['filter'].slice(0, 255) : undefined
    const { users, total } = await this.users.list({ number, size, filter })
    const last = Math.max(1, Math.ceil(total / size))
    // `page` stands first: auth-js reads the number behind the first equals sign.
    const link = (page: number, rel: string) =>
      `</${authPath}/admin/users?page=${page}&per_page=${size}${filter === undefined ? '' : `&filter=${encodeURIComponent(filter)}`}>; rel="${rel}"`
    const links = [...(number < last ? [link(number + 1, 'next')] : []), link(last, 'last')]
    reply.header('x-total-count', String(total)).header('link', links.join(', '))
    return { users: users.map(renderUser), aud: 'authenticated' }
  }

  @Post()
  @HttpCode(200)
  async create(@Body() body: unknown): Promise<object> {
    return renderUser(await this.users.create(body))
  }

  @Get(':id')
  async get(@Param('id') id: string): Promise<object> {
    return renderUser(await this.users.get(id))
  }

  @Put(':id')
  async update(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return renderUser(await this.users.update(id, body))
  }

  @Delete(':id')
  async delete(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    await this.users.delete(id, body)
    return {}
  }
}

function wholeNumber(name: string, given: unknown, fallback: number, max: number): number {
  if (given === undefined || given === '') return fallback
  const number = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : 0
  if (number < 1 || number > max) throw invalidInput(`Bad Pagination Parameters: ${name} must be a whole number from 1 to ${max}`)
  return number
}

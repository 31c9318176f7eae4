// A passport strategy for `Authorization: Bearer …`, in the manner of passport-http-bearer, which is not kept up.
import type { FastifyRequest } from 'fastify'
import passportStrategy from 'passport-strategy'
import { authErrors } from '../auth.errors.ts'

type Verify = (request: FastifyRequest, token: string, done: (error: unknown, user?: unknown) => void) => void

/** Hands the header's token to `verify`; refuses a request without one. */
export class HttpBearer extends passportStrategy.Strategy {
  readonly name = 'bearer'

  constructor(private readonly verify: Verify) {
    super()
  }

  override authenticate(request: unknown): void {
    const { headers } = request as FastifyRequest
    const token = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
    if (token === undefined) return this.error(authErrors.no_authorization())
    this.verify(request as FastifyRequest, token, (error, user) => {
      if (error != null) this.error(error as Error)
      else this.success(user)
    })
  }
}

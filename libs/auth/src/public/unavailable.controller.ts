import { All, Req } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { AuthApi } from '../auth-api.decorator.ts'
import { authErrors } from '../auth.errors.ts'

/** GoTrue's routes that this server does not offer: a client is told so, instead of a success that is none. */
const notOffered = [
  'otp',
  'magiclink',
  'recover',
  'resend',
  'verify',
  'authorize',
  'callback',
  'sso',
  'sso/*',
  'invite',
  'reauthenticate',
  'factors',
  'factors/*',
  'passkeys',
  'passkeys/*',
  'user/identities/*',
  'user/oauth/*',
  'oauth/*',
  'admin/generate_link',
  'admin/audit',
  'admin/sso/*',
  'admin/oauth/*',
  'admin/custom-providers',
  'admin/users/:id/*',
]

@AuthApi()
export class UnavailableController {
  @All(notOffered)
  notOffered(@Req() request: FastifyRequest): never {
    throw authErrors.feature_disabled({ params: placeOf(request) })
  }

  @All('*')
  unknown(@Req() request: FastifyRequest): never {
    throw authErrors.path_unknown({ params: placeOf(request) })
  }
}

function placeOf(request: FastifyRequest): { method: string; path: string } {
  return { method: request.method, path: request.url.split('?', 1)[0]!.slice(0, 200) }
}

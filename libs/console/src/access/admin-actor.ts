import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'

/** Who calls the admin API: an owner with a console session, or a program with a key of the service role. */
export type AdminActor =
  | { readonly kind: 'owner'; readonly ownerId: string; readonly email: string; readonly tokenHash: Buffer; readonly expiresAt: Date }
  | { readonly kind: 'key' }

/** How an actor is named in the audit log. */
export function actorName(actor: AdminActor): string {
  return actor.kind === 'owner' ? `owner:${actor.email}` : 'key:service_role'
}

const actors = new WeakMap<FastifyRequest, AdminActor>()

/** Remembers who makes a request. Only the access hook calls it. */
export function setActor(request: FastifyRequest, actor: AdminActor): void {
  actors.set(request, actor)
}

/** Who makes a request; undefined when it was not let in as anybody. */
export function actorOf(request: FastifyRequest): AdminActor | undefined {
  return actors.get(request)
}

/** Who asks, and in which request: what a change is recorded with. */
export interface AdminContext {
  readonly actor: AdminActor
  readonly requestId: string
}

/** Controller parameter: the {@link AdminContext} of the request. */
export const Admin = createParamDecorator((_: unknown, host: ExecutionContext): AdminContext => {
  const request = host.switchToHttp().getRequest<FastifyRequest>()
  return { actor: actors.get(request)!, requestId: request.id }
})

/** Metadata key of {@link OpenRoute}. */
export const openRouteKey = 'plinth:console:open-route'
/** Marks the few operations that nobody has to be signed in for. Must agree with `openRoutes` in admin-access.ts. */
export const OpenRoute = () => SetMetadata(openRouteKey, true)

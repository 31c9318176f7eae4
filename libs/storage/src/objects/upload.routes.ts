// Uploads: the routes whose bodies are streams. Permission is asked before the body is read.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, callerOf, platformCaller } from '../callers/caller.ts'
import type { StorageOperation } from '../storage-database.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { drainRefusedUpload, guardUpload } from './upload-guard.ts'
import { PermittedUpload, type UploadTarget } from './upload-object.ts'
import { declaredContent, receiveUpload } from './upload-request.ts'

interface OfObject {
  Params: { bucket: string; '*': string }
  Querystring: { token?: string | string[] }
}

export function uploadRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  const receive = async (
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    target: UploadTarget,
    operation: StorageOperation,
  ) => {
    guardUpload(request, reply, engine.limits)
    const upload = await PermittedUpload.ask(engine, caller, target, operation, declaredContent(request))
    return receiveUpload(request, upload)
  }
  scope.addHook('onError', async (request) => drainRefusedUpload(request))

  scope.post<OfObject>('/object/:bucket/*', async (request, reply) => {
    const target = { bucketId: request.params.bucket, name: request.params['*'], upsert: isUpsert(request) }
    return receive(request, reply, await callerOf(request, engine.principals), target, 'storage.object.upload')
  })
  scope.put<OfObject>('/object/:bucket/*', async (request, reply) => {
    const target = { bucketId: request.params.bucket, name: request.params['*'], upsert: true }
    return receive(request, reply, await callerOf(request, engine.principals), target, 'storage.object.upload_update')
  })
  // Permission was given when the URL was signed: the row is written by the server, in the signer's name.
  scope.put<OfObject>('/object/upload/sign/:bucket/*', async (request, reply) => {
    const { bucket, '*': name } = request.params
    const grant = engine.tokens.verify(request.query.token, 'upload', `${bucket}/${name}`)
    const target = { bucketId: bucket, name, upsert: grant.upsert ?? false }
    return receive(request, reply, platformCaller(request, grant.owner), target, 'storage.object.upload_signed')
  })
}

/** Whether the header asks to replace an object of the same name. */
export function isUpsert(request: FastifyRequest): boolean {
  return request.headers['x-upsert'] === 'true'
}

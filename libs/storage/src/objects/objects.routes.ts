// /object with JSON bodies or none: wire only. Uploads are in upload.routes.ts.
import type { FastifyInstance } from 'fastify'
import { sendJsonText } from '../buckets/buckets.routes.ts'
import { callerOf, platformCaller } from '../callers/caller.ts'
import { signObject, signObjectBody, signObjects, signObjectsBody } from '../signing/sign-download.ts'
import { signUpload } from '../signing/sign-upload.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { parseBody } from '../wire/parse-body.ts'
import { copyObject, copyObjectBody } from './copy-object.ts'
import { deleteObject, deleteObjects, deleteObjectsBody } from './delete-objects.ts'
import { listObjects, listObjectsBody, listObjectsV2, listObjectsV2Body } from './list-objects.ts'
import { moveObject, moveObjectBody } from './move-object.ts'
import { describeObject, readObject, readPublicObject } from './read-object.ts'
import { sendObject } from './send-object.ts'
import { checkedMetadata } from './upload-request.ts'
import { isUpsert } from './upload.routes.ts'

interface InBucket {
  Params: { bucket: string }
}

interface OfObject {
  Params: { bucket: string; '*': string }
  Querystring: { token?: string | string[] }
}

export function objectRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  readingRoutes(scope, engine)
  listingRoutes(scope, engine)
  changingRoutes(scope, engine)
  signingRoutes(scope, engine)
}

function readingRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  const { principals } = engine
  const read = ['GET', 'HEAD']
  for (const url of ['/object/:bucket/*', '/object/authenticated/:bucket/*']) {
    scope.route<OfObject>({
      method: read,
      url,
      handler: async (request, reply) => {
        const caller = await callerOf(request, principals)
        const { bucket, '*': name } = request.params
        return sendObject(engine, request, reply, () => readObject(engine, caller, 'storage.object.get_authenticated', bucket, name))
      },
    })
  }
  scope.route<OfObject>({
    method: read,
    url: '/object/public/:bucket/*',
    handler: async (request, reply) => {
      const { bucket, '*': name } = request.params
      return sendObject(engine, request, reply, () => readPublicObject(engine, bucket, name))
    },
  })
  scope.route<OfObject>({
    method: read,
    url: '/object/sign/:bucket/*',
    handler: async (request, reply) => {
      const { bucket, '*': name } = request.params
      engine.tokens.verify(request.query.token, 'download', `${bucket}/${name}`)
      const caller = platformCaller(request)
      return sendObject(engine, request, reply, () => readObject(engine, caller, 'storage.object.get_signed', bucket, name))
    },
  })
  for (const url of ['/object/info/:bucket/*', '/object/info/authenticated/:bucket/*']) {
    scope.route<OfObject>({
      method: read,
      url,
      handler: async (request) => {
        const { bucket, '*': name } = request.params
        return describeObject(await readObject(engine, await callerOf(request, principals), 'storage.object.info', bucket, name))
      },
    })
  }
  scope.route<OfObject>({
    method: read,
    url: '/object/info/public/:bucket/*',
    handler: async (request) => describeObject(await readPublicObject(engine, request.params.bucket, request.params['*'])),
  })
}

function listingRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  scope.post<InBucket>('/object/list/:bucket', async (request, reply) => {
    const body = parseBody(listObjectsBody, request.body)
    return sendJsonText(reply, await listObjects(engine, await callerOf(request, engine.principals), request.params.bucket, body))
  })
  scope.post<InBucket>('/object/list-v2/:bucket', async (request) => {
    const body = parseBody(listObjectsV2Body, request.body)
    return listObjectsV2(engine, await callerOf(request, engine.principals), request.params.bucket, body)
  })
}

function changingRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  const { principals } = engine
  scope.delete<InBucket>('/object/:bucket', async (request, reply) => {
    const { prefixes } = parseBody(deleteObjectsBody, request.body)
    return sendJsonText(reply, await deleteObjects(engine, await callerOf(request, principals), request.params.bucket, prefixes))
  })
  scope.delete<OfObject>('/object/:bucket/*', async (request) => {
    await deleteObject(engine, await callerOf(request, principals), request.params.bucket, request.params['*'])
    return { message: 'Successfully deleted' }
  })
  scope.post('/object/move', async (request) => {
    return moveObject(engine, await callerOf(request, principals), parseBody(moveObjectBody, request.body))
  })
  scope.post('/object/copy', async (request) => {
    const body = parseBody(copyObjectBody, request.body)
    const metadata = request.headers['x-metadata']
    const userMetadataJson = typeof metadata === 'string' ? checkedMetadata(Buffer.from(metadata, 'base64').toString('utf8')) : null
    return copyObject(engine, await callerOf(request, principals), body, { upsert: isUpsert(request), userMetadataJson })
  })
}

function signingRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  const { principals } = engine
  scope.post<InBucket>('/object/sign/:bucket', async (request) => {
    const body = parseBody(signObjectsBody, request.body)
    return signObjects(engine, await callerOf(request, principals), request.params.bucket, body)
  })
  scope.post<OfObject>('/object/sign/:bucket/*', async (request) => {
    const { bucket, '*': name } = request.params
    return signObject(engine, await callerOf(request, principals), bucket, name, parseBody(signObjectBody, request.body))
  })
  scope.post<OfObject>('/object/upload/sign/:bucket/*', async (request) => {
    const target = { bucketId: request.params.bucket, name: request.params['*'], upsert: isUpsert(request) }
    return signUpload(engine, await callerOf(request, principals), target)
  })
}

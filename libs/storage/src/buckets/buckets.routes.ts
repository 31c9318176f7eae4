// /bucket: wire only. Each route parses, calls one operation and renders.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { callerOf } from '../callers/caller.ts'
import type { StorageEngine } from '../storage-engine.ts'
import { parseBody, parseQuery } from '../wire/parse-body.ts'
import { createBucketBody, listBucketsQuery, updateBucketBody } from './bucket.schema.ts'
import { createBucket } from './create-bucket.ts'
import { deleteBucket } from './delete-bucket.ts'
import { emptyBucket } from './empty-bucket.ts'
import { getBucket, listBuckets } from './read-buckets.ts'
import { updateBucket } from './update-bucket.ts'

interface ById {
  Params: { id: string }
}

export function bucketRoutes(scope: FastifyInstance, engine: StorageEngine): void {
  scope.post('/bucket', async (request) => {
    return createBucket(engine, await callerOf(request, engine.principals), parseBody(createBucketBody, request.body))
  })
  scope.get('/bucket', async (request, reply) => {
    const query = parseQuery(listBucketsQuery, request.query)
    return sendJsonText(reply, await listBuckets(engine, await callerOf(request, engine.principals), query))
  })
  scope.get<ById>('/bucket/:id', async (request, reply) => {
    return sendJsonText(reply, await getBucket(engine, await callerOf(request, engine.principals), request.params.id))
  })
  scope.put<ById>('/bucket/:id', async (request) => {
    await updateBucket(engine, await callerOf(request, engine.principals), request.params.id, parseBody(updateBucketBody, request.body))
    return { message: 'Successfully updated' }
  })
  scope.post<ById>('/bucket/:id/empty', async (request) => {
    await emptyBucket(engine, await callerOf(request, engine.principals), request.params.id)
    return { message: 'Empty bucket has been queued. Completion may take up to an hour.' }
  })
  scope.delete<ById>('/bucket/:id', async (request) => {
    await deleteBucket(engine, await callerOf(request, engine.principals), request.params.id)
    return { message: 'Successfully deleted' }
  })
}

/** JSON that Postgres made goes out as it is. */
export function sendJsonText(reply: FastifyReply, json: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json)
}

// The storage API as one Fastify plugin with its own body parsers, error renderer and answer for unknown paths: nothing
// of it reaches the rest of the application.
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { bucketRoutes } from './buckets/buckets.routes.ts'
import { objectRoutes } from './objects/objects.routes.ts'
import { uploadRoutes } from './objects/upload.routes.ts'
import type { StorageEngine } from './storage-engine.ts'
import { storageErrors } from './storage.errors.ts'
import { renderStorageError } from './wire/render-error.ts'

/** Where the storage API lives. */
export const STORAGE_PATH = '/storage/v1'
const JSON_BYTES_MAX = 1024 * 1024

/** Registers the storage API. Call before the server listens. */
export async function registerStorageRoutes(fastify: FastifyInstance, engine: StorageEngine): Promise<void> {
  await fastify.register(
    async (storage) => {
      storage.removeAllContentTypeParsers()
      storage.setErrorHandler((error, request, reply) => renderStorageError(error, request, reply, engine.logger))
      storage.setNotFoundHandler((request, reply) => {
        const path = request.url.split('?', 1)[0]!.slice(0, 200)
        renderStorageError(storageErrors.path_unknown({ params: { method: request.method, path } }), request, reply, engine.logger)
      })
      await storage.register(async (scope) => {
        scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: JSON_BYTES_MAX }, parseJson)
        bucketRoutes(scope, engine)
        objectRoutes(scope, engine)
      })
      await storage.register(async (scope) => {
        await scope.register(multipart)
        // Whatever the type: the body stays a stream, and the operation reads it when it may.
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined))
        uploadRoutes(scope, engine)
      })
    },
    { prefix: STORAGE_PATH },
  )
}

/** An empty body is no body: clients send the header without one. */
function parseJson(_request: unknown, text: string | Buffer, done: (error: Error | null, body?: unknown) => void): void {
  if (text.length === 0) return done(null, undefined)
  try {
    done(null, JSON.parse(String(text)))
  } catch (cause) {
    done(storageErrors.body_invalid({ params: { reason: 'Body is not valid JSON' }, cause }))
  }
}

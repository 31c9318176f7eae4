// The answer with an object's bytes: status, headers and stream.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '#libs/kernel'
import type { StorageEngine } from '../storage-engine.ts'
import { storageErrors } from '../storage.errors.ts'
import { keyOfVersion } from './blob-keys.ts'
import { UNKNOWN_MIME_TYPE } from './mime-types.ts'
import { type Selection, selectBytes } from './ranges.ts'
import type { StoredObject } from './read-object.ts'

/**
 * Sends what `find` gives, or the part of it that the headers ask for. When the bytes of the row have gone, because it
 * was replaced between the two reads, `find` is asked once more.
 */
export async function sendObject(
  engine: StorageEngine,
  request: FastifyRequest,
  reply: FastifyReply,
  find: () => Promise<StoredObject>,
): Promise<FastifyReply> {
  for (let attempt = 1; ; attempt++) {
    const object = await find()
    const selection = selectionFor(request, object)
    try {
      const body = await openBody(engine, request, object, selection)
      writeHeaders(request, reply, object, selection)
      return reply.send(body)
    } catch (error) {
      const isReplaced = error instanceof AppError && error.area === 'blob' && error.code === 'not_found'
      if (!isReplaced || attempt === 2) throw error
    }
  }
}

function selectionFor(request: FastifyRequest, object: StoredObject): Selection {
  const { eTag, lastModified, size } = object.metadata
  const selection = selectBytes(request.headers, { etag: eTag, lastModifiedMs: Date.parse(lastModified), size })
  if (selection.kind === 'malformed') throw storageErrors.range_malformed()
  if (selection.kind === 'unsatisfiable') throw storageErrors.range_unsatisfiable({ extra: { size } })
  return selection
}

async function openBody(engine: StorageEngine, request: FastifyRequest, object: StoredObject, selection: Selection) {
  if (request.method === 'HEAD' || selection.kind === 'unchanged') return undefined
  const key = await keyOfVersion(engine, object.version)
  return engine.blobs.get(key, selection.kind === 'part' ? selection.range : undefined)
}

function writeHeaders(request: FastifyRequest, reply: FastifyReply, object: StoredObject, selection: Selection): void {
  const { eTag, lastModified, cacheControl, mimetype, size } = object.metadata
  reply.header('etag', eTag)
  reply.header('last-modified', new Date(lastModified).toUTCString())
  reply.header('cache-control', cacheControl || 'no-cache')
  reply.header('x-robots-tag', 'none')
  if (selection.kind === 'unchanged') return void reply.status(304)
  reply.header('accept-ranges', 'bytes')
  if (selection.kind === 'part') {
    const { start, end } = selection.range
    reply
      .status(206)
      .header('content-range', `bytes ${start}-${end}/${size}`)
      .header('content-length', end - start + 1)
  } else {
    reply.header('content-length', size)
  }
  writeTypeHeaders(reply, mimetype || UNKNOWN_MIME_TYPE)
  const download = (request.query as { download?: string | string[] }).download
  if (download !== undefined) {
    const name = (Array.isArray(download) ? download[0] : download) || object.name.split('/').at(-1)!
    reply.header('content-disposition', attachment(name))
  }
}

/**
 * Objects are other people's files on the origin of the API and the console: a page among them must not run as ours.
 * HTML is served as text; other types that can carry scripts open in a sandbox without an origin.
 */
function writeTypeHeaders(reply: FastifyReply, type: string): void {
  const essence = type.split(';', 1)[0]!.trim().toLowerCase()
  reply.header('x-content-type-options', 'nosniff')
  reply.header('content-type', essence === 'text/html' ? type.replace(/^\s*text\/html/i, 'text/plain') : type)
  if (!isPassive(essence)) reply.header('content-security-policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
}

function isPassive(essence: string): boolean {
  if (essence === 'image/svg+xml') return false
  return /^(?:image|audio|video|font)\//.test(essence) || essence === 'application/pdf' || essence === UNKNOWN_MIME_TYPE
}

/** RFC 6266: the plain name for old clients, the extended one for all others; both percent-encoded, so never a header of its own. */
function attachment(name: string): string {
  // Cut by characters: half of a pair cannot be encoded.
  const encoded = encodeURIComponent(Array.from(name.slice(0, 512)).slice(0, 255).join('')).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`
}

// The two shapes of an upload on the wire: the raw body with its facts in headers, and the form whose file part has the
// empty name and whose fields may stand before or after it (contracts: supabase.md 3.3).
import type { FastifyRequest } from 'fastify'
import { storageErrors } from '../storage.errors.ts'
import { checkedMimeType, UNKNOWN_MIME_TYPE } from './mime-types.ts'
import type { PermittedUpload, UploadFacts } from './upload-object.ts'

const FIELD_BYTES_MAX = 1024 * 1024
const FORM_FIELDS_MAX = 20
const CACHE_CONTROL_CHARACTERS_MAX = 256

/** What an upload's headers declare before its body. */
export function declaredContent(request: FastifyRequest): { size?: number; mimeType?: string } {
  if (isForm(request)) return {}
  const length = request.headers['content-length']
  const type = checkedMimeType(request.headers['content-type'] ?? UNKNOWN_MIME_TYPE)
  return { mimeType: type, ...(length === undefined ? {} : { size: Number(length) }) }
}

/** Reads the body of a permitted upload into the store. */
export async function receiveUpload(request: FastifyRequest, upload: PermittedUpload): Promise<{ Id: string; Key: string }> {
  if (isForm(request)) return receiveForm(request, upload)
  const facts = factsOfHeaders(request)
  return upload.store({ mimeType: declaredContent(request).mimeType!, body: request.raw }, () => facts)
}

function isForm(request: FastifyRequest): boolean {
  return /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')
}

function factsOfHeaders(request: FastifyRequest): UploadFacts {
  const metadata = request.headers['x-metadata']
  const cacheControl = request.headers['cache-control']
  return {
    cacheControl: checkedCacheControl(cacheControl ?? 'no-cache'),
    userMetadataJson: typeof metadata === 'string' ? checkedMetadata(Buffer.from(metadata, 'base64').toString('utf8')) : null,
  }
}

async function receiveForm(request: FastifyRequest, upload: PermittedUpload): Promise<{ Id: string; Key: string }> {
  const fields = new Map<string, string>()
  // The store counts the file's bytes itself: the parser's own limit would cut the file short without a word.
  const limits = {
    fileSize: Number.MAX_SAFE_INTEGER,
    fieldSize: FIELD_BYTES_MAX,
    fields: FORM_FIELDS_MAX,
    files: 1,
    parts: FORM_FIELDS_MAX + 1,
  }
  const parts = request.parts({ limits })[Symbol.asyncIterator]()
  for (let part = await parts.next(); !part.done; part = await parts.next()) {
    if (part.value.type === 'field') {
      addField(fields, part.value)
      continue
    }
    const { file, mimetype } = part.value
    return upload.store({ mimeType: checkedMimeType(mimetype || UNKNOWN_MIME_TYPE), body: file }, async () => {
      for (let rest = await parts.next(); !rest.done; rest = await parts.next())
        if (rest.value.type === 'field') addField(fields, rest.value)
      return factsOfFields(fields)
    })
  }
  throw storageErrors.request_invalid({ params: { reason: 'No content provided' } })
}

function addField(fields: Map<string, string>, part: { fieldname: string; value: unknown; valueTruncated?: boolean }): void {
  if (part.valueTruncated) throw storageErrors.body_too_large()
  // The parser has read fields that declare themselves as JSON.
  fields.set(part.fieldname, typeof part.value === 'string' ? part.value : JSON.stringify(part.value))
}

function factsOfFields(fields: ReadonlyMap<string, string>): UploadFacts {
  const cacheControl = fields.get('cacheControl')
  const metadata = fields.get('metadata')
  return {
    cacheControl: checkedCacheControl(cacheControl === undefined || cacheControl === '' ? 'no-cache' : cacheControl),
    userMetadataJson: metadata === undefined || metadata === '' ? null : checkedMetadata(metadata),
  }
}

/** A number of seconds stands for `max-age=N`. It goes back out as a header, so it must be one. */
export function checkedCacheControl(text: string): string {
  if (/^\d{1,10}$/.test(text)) return `max-age=${text}`
  if (text.length > CACHE_CONTROL_CHARACTERS_MAX || !/^[\x20-\x7e]+$/.test(text)) {
    throw storageErrors.parameter_invalid({ params: { name: 'cacheControl' } })
  }
  return text
}

/** The user's metadata: a JSON object that Postgres can keep. */
export function checkedMetadata(text: string): string {
  const refusal = storageErrors.parameter_invalid({ params: { name: 'metadata' } })
  if (Buffer.byteLength(text) > FIELD_BYTES_MAX) throw refusal
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusal
  }
  const json = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || /\\u0000|\\ud[89a-f]/i.test(json)) throw refusal
  return json
}

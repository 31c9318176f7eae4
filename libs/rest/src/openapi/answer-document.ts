// GET and HEAD of the documents: which one, in which media type, and whether the caller has it already.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalog } from '#libs/catalog'
import { restError } from '../rest.errors.ts'
import type { DocumentKind, OpenApiDocuments } from './open-api-documents.ts'

/** Which document a path under /rest/v1 means: the root is OpenAPI 2.0, `openapi.json` is 3.1. */
export function documentKindOf(path: string): DocumentKind | undefined {
  return path === '' ? 'swagger' : path === 'openapi.json' ? 'openapi' : undefined
}

/** Answers with the document of the schema for the role. */
export async function answerDocument(
  documents: OpenApiDocuments,
  catalog: Catalog,
  asked: { readonly kind: DocumentKind; readonly role: string; readonly schema: string | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') throw restError('PGRST117', { method })
  const schema = asked.schema ?? catalog.schemas[0]!
  if (!catalog.schemas.includes(schema)) {
    throw restError('PGRST106', { schema }, { hint: `Only the following schemas are exposed: ${catalog.schemas.join(', ')}` })
  }
  const contentType = contentTypeOf(asked.kind, request.headers.accept)
  const { body, etag } = await documents.document(catalog, { kind: asked.kind, role: asked.role, schema })
  const headers: Record<string, string> = {
    etag,
    // Another role, key or schema gets another document of the same address.
    vary: 'accept, accept-profile, authorization, apikey',
    'cache-control': 'private, no-cache',
  }
  if (catalog.schemas.length > 1) headers['content-profile'] = schema
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).headers(headers).send()
  headers['content-type'] = `${contentType}; charset=utf-8`
  if (method === 'HEAD') headers['content-length'] = String(Buffer.byteLength(body))
  return reply
    .code(200)
    .headers(headers)
    .send(method === 'HEAD' ? undefined : body)
}

/** The first acceptable one of what the document can be called. */
function contentTypeOf(kind: DocumentKind, accept: string | undefined): string {
  const [own, plain] = ['application/openapi+json', 'application/json']
  const favourite = kind === 'swagger' ? own : plain
  const ranges = (accept === undefined || accept === '' ? '*/*' : accept).split(',').map((item) => {
    const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    return { type, q: quality === undefined ? 1 : Number(quality.slice(2)) }
  })
  for (const { type } of ranges.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q)) {
    if (type === own || type === plain) return type
    if (type === '*/*' || type === 'application/*') return favourite
  }
  throw restError('PGRST107', { types: accept ?? '' })
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^W\//, '') === etag)
}

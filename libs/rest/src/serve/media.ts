// Which representation the answer has: the first of the accepted media types that this relation or function can give.
// A handler of the owner (an aggregate, or a function, whose result is a domain named like a media type) goes before ours.
import { baseType } from '#libs/query'
import type { Catalog, DatabaseFunction, DataType, MediaHandler, Relation } from '#libs/catalog'
import type { CompileOptions, ExplainOptions } from '#libs/query'
import type { AcceptedType } from '../parse/accept.ts'
import { restError } from '../rest.errors.ts'

/** The chosen representation. */
export interface Media {
  /** The response's Content-Type. */
  readonly contentType: string
  /** What the compiler makes of it. */
  readonly options: Pick<CompileOptions, 'body' | 'stripNulls' | 'geoJsonSchema'>
  /** One object instead of an array. */
  readonly single: boolean
  /** The database's text is `\x…`: the response is the bytes. */
  readonly bytes: boolean
  /** The answer is the plan of the statement. */
  readonly explain: ExplainOptions | undefined
}

/** What is asked for. */
export interface MediaTarget {
  /** Whose rows the answer has; null for scalars. */
  readonly relation: Relation | null
  readonly function?: DatabaseFunction
  /** Handlers for one relation take its whole rows, so they are there only when `select` was left out. */
  readonly defaultSelect: boolean
}

/** What the owner allows. */
export interface MediaRules {
  /** PLINTH_API_PLAN. */
  readonly plans: boolean
}

/** Chooses by Accept. Nothing that fits is PGRST107. */
export function chooseMedia(catalog: Catalog, accepted: readonly AcceptedType[], target: MediaTarget, rules: MediaRules): Media {
  for (const type of accepted) {
    const media = mediaFor(catalog, type, target, rules)
    if (media !== undefined) return media
  }
  throw notAvailable(accepted)
}

/** PGRST107. */
export function notAvailable(accepted: readonly AcceptedType[]) {
  return restError('PGRST107', { types: accepted.map(({ text }) => text).join(', ') })
}

function mediaFor(catalog: Catalog, type: AcceptedType, target: MediaTarget, rules: MediaRules): Media | undefined {
  switch (type.kind) {
    case 'object':
      return text(type.text, { body: 'object', stripNulls: type.stripNulls || undefined }, { single: true })
    case 'array':
      return text(type.text, { body: 'array', stripNulls: true })
    case 'plan': {
      if (!rules.plans || type.of.kind === 'plan') return undefined
      const media = mediaFor(catalog, type.of, target, rules)
      return media && { ...media, contentType: `${type.text}; charset=utf-8`, single: false, bytes: false, explain: type.explain }
    }
    default:
      return handled(catalog, type, target) ?? builtIn(catalog, type, target)
  }
}

function builtIn(catalog: Catalog, type: AcceptedType, target: MediaTarget): Media | undefined {
  switch (type.kind) {
    case 'any':
    case 'json':
      return text('application/json', { body: 'array' })
    case 'csv':
      return text('text/csv', { body: 'csv' })
    case 'geojson':
      if (catalog.geoJsonSchema === null || target.relation === null) return undefined
      return text('application/geo+json', { body: 'geojson', geoJsonSchema: catalog.geoJsonSchema })
    case 'text':
    case 'xml':
    case 'octets':
      return bare(type, target.function)
    default:
      return type.text.toLowerCase() === 'application/*' ? text('application/json', { body: 'array' }) : undefined
  }
}

/** A scalar function's value without JSON around it. */
function bare(type: AcceptedType, fn: DatabaseFunction | undefined): Media | undefined {
  if (fn === undefined || fn.returnsSet || fn.resultRelation !== null || fn.returnType.name === 'void') return undefined
  const base = baseType(fn.returnType).name
  if (type.kind === 'octets') return base === 'bytea' ? bytes('application/octet-stream', { body: 'scalar' }) : undefined
  if (type.kind === 'xml' && base !== 'xml') return undefined
  return base === 'bytea' ? undefined : text(type.text, { body: 'scalar' })
}

/** The owner's handler: one for this relation or function before one for any, `*\/*` before a named one. */
function handled(catalog: Catalog, type: AcceptedType, target: MediaTarget): Media | undefined {
  const { function: fn } = target
  if (fn !== undefined && isMediaType(fn.returnType) && !fn.returnsSet) {
    const own = fn.returnType.name
    if (own === '*/*' || own === type.text || isRangeOf(type.text, own)) return custom(own, { body: 'scalar' }, fn.returnType)
  }
  if (target.relation === null) return undefined
  const { relation, defaultSelect } = target
  const find = (mediaType: string, of: Relation | null) => {
    return catalog.mediaHandlers.find(
      (handler) =>
        handler.mediaType === mediaType &&
        (of === null ? handler.relation === null : handler.relation !== null && isSame(handler.relation, of)),
    )
  }
  const ofRelation = defaultSelect ? (find('*/*', relation) ?? find(type.text, relation)) : undefined
  const handler = ofRelation ?? find(type.text, null)
  return handler && custom(handler.mediaType, { body: { handler } }, domainOf(catalog, handler))
}

function custom(mediaType: string, options: Media['options'], domain: DataType | undefined): Media {
  const isBytes = domain !== undefined && baseType(domain).name === 'bytea'
  if (mediaType === '*/*')
    return isBytes ? bytes('application/octet-stream', options) : { ...bytes('application/octet-stream', options), bytes: false }
  if (isBytes) return bytes(mediaType, options)
  return knownText.has(mediaType) ? text(mediaType, options) : { ...bytes(mediaType, options), bytes: false }
}

/** Types of ours say their character set; the owner's own say what he called them. */
const knownText: ReadonlySet<string> = new Set(['application/json', 'application/geo+json', 'text/csv', 'text/plain', 'text/xml'])

function domainOf(catalog: Catalog, handler: MediaHandler): DataType | undefined {
  for (const type of catalog.types.values()) if (type.kind === 'domain' && type.name === handler.mediaType) return type
  return undefined
}

function isMediaType(type: DataType): boolean {
  return type.kind === 'domain' && /^(\*\/\*|[\w.+-]+\/[\w.+*-]+)$/.test(type.name)
}

/** `image/*` and `*\/*` ask for `image/png` too. */
function isRangeOf(asked: string, mediaType: string): boolean {
  return asked === '*/*' || (asked.endsWith('/*') && mediaType.startsWith(asked.slice(0, -1)))
}

function isSame(a: Relation, b: Relation): boolean {
  return a.schema === b.schema && a.name === b.name
}

function text(mediaType: string, options: Media['options'], more: { readonly single?: boolean } = {}): Media {
  return { contentType: `${mediaType}; charset=utf-8`, options, single: more.single ?? false, bytes: false, explain: undefined }
}

function bytes(mediaType: string, options: Media['options']): Media {
  return { contentType: mediaType, options, single: false, bytes: true, explain: undefined }
}

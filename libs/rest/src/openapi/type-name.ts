// Names of types as documents print them.
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'

/** As PostgREST prints it: `integer`, `text[]`, `public.mood`; of a domain its base type. */
export function formatOf(type: DataType): string {
  const base = baseType(type)
  const qualifier = `${base.schema}.`
  return base.schema === 'pg_catalog' || base.formatted.startsWith(qualifier) || base.formatted.startsWith(`"${base.schema}".`)
    ? base.formatted
    : `${qualifier}${base.formatted}`
}

/** First line and the rest of a comment. */
export function splitComment(comment: string | null): { readonly summary?: string; readonly description?: string } {
  if (comment === null || comment === '') return {}
  const end = comment.indexOf('\n')
  if (end === -1) return { summary: comment }
  const description = comment.slice(end).replace(/^\n+/, '')
  return description === '' ? { summary: comment.slice(0, end) } : { summary: comment.slice(0, end), description }
}

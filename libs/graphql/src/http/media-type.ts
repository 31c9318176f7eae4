// Which of GraphQL's two media types a client wants, and whether it is a browser that looks for a page.

const MODERN = 'application/graphql-response+json'
const LEGACY = 'application/json'
const EVENTS = 'text/event-stream'

/** Content-Type of answers to plain JSON clients. */
export const JSON_TYPE = 'application/json; charset=utf-8'
/** Content-Type of answers to clients that ask for the newer type. */
export const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8'

/** Clients that ask for the newer media type, and rather for it than for JSON, get real statuses with errors. */
export function wantsGraphqlResponse(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes(MODERN)) return false
  const modern = qualityOf(accept, MODERN)
  return modern !== undefined && modern > 0 && modern >= (qualityOf(accept, LEGACY) ?? 0)
}

/** A client that takes several answers (GraphQL over server-sent events); one that names JSON as well, and no less, gets JSON. */
export function wantsEventStream(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes(EVENTS)) return false
  const events = qualityOf(accept, EVENTS) ?? 0
  return events > 0 && [MODERN, LEGACY].every((type) => (qualityOf(accept, type) ?? 0) < events)
}

/** A browser that was given the endpoint's address. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true
}

/** `q` of a media type that is named as such. */
function qualityOf(accept: string, type: string): number | undefined {
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';')
    if (name.trim().toLowerCase() !== type) continue
    const quality = parameters.map((each) => /^\s*q\s*=\s*([\d.]+)\s*$/i.exec(each)?.[1]).find((each) => each !== undefined)
    return quality === undefined ? 1 : Number(quality)
  }
  return undefined
}

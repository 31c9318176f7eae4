// What makes two texts the same document.
import { createHash } from 'node:crypto'
import { type DocumentNode, GraphQLError, Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql'
import { isNestedTooDeep } from './nesting.ts'

/** SHA-256 of a text, in hexadecimal: what clients call a document by. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * The document without what clients change on their own: white space, comments, and the `__typename` that caching clients
 * put into every selection. Undefined for a text that does not parse or is nested too deep.
 */
export function essenceOf(text: string, tokensMax: number): string | undefined {
  if (isNestedTooDeep(text, tokensMax)) return undefined
  let document: DocumentNode
  try {
    document = parse(text, { noLocation: true, maxTokens: tokensMax })
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
  const plain = visit(document, {
    SelectionSet: (set) => {
      const selections = set.selections.filter((each) => each.kind !== Kind.FIELD || each.name.value !== '__typename')
      return selections.length === 0 ? undefined : { ...set, selections }
    },
  })
  return stripIgnoredCharacters(print(plain))
}

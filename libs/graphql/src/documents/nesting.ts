// The nesting of a document, counted before anything walks it: the parser, graphql-js' rules, planning, printing and
// Postgres itself all go down one call for each level, and none of them says so kindly when the stack is at its end.
import { GraphQLError, Lexer, Source, TokenKind } from 'graphql'

/** Brackets in brackets. Fields take one of them a level, and arguments two and one for each level of their values. */
export const NESTING_MAX = 200

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

/** Are there more than {@link NESTING_MAX} levels among the first tokens? What is no token is for the parser to refuse. */
export function isNestedTooDeep(text: string, tokensMax: number): boolean {
  const lexer = new Lexer(new Source(text))
  let depth = 0
  try {
    for (let count = 0; count <= tokensMax; count += 1) {
      const { kind } = lexer.advance()
      if (kind === TokenKind.EOF) return false
      if (opening.has(kind)) depth += 1
      else if (closing.has(kind)) depth -= 1
      if (depth > NESTING_MAX) return true
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
  }
  return false
}

// What a mutation document becomes: the statements of its root fields, and how their answers make the fields' values.
import type { Plan } from '#libs/query'

/** One statement of a root field. */
export interface MutationStatement {
  readonly plan: Plan
  /** JSONPath for errors of the database. */
  readonly path: string
  /** Its row's first column is the field's value, or one of them. */
  readonly answers: boolean
  /** Of a nested insert: what it means that a row was skipped on which others hang. */
  readonly unmatched?: string
}

/** One root field. `many`: its value is an array of its statements' answers. */
export type MutationStep =
  | { readonly key: string; readonly kind: 'one' | 'many'; readonly statements: readonly MutationStatement[] }
  /** `handWritten`: the value comes from a resolver, after the statements of all steps. */
  | { readonly key: string; readonly kind: 'constant'; readonly json: string; readonly handWritten?: true }

// Runs an operation, asks what is due, and says where they differ.
import { parseExact, type Json, type JsonObject } from '../../../query/test/property/exact-json.ts'
import { quoteName } from '../../../query/test/property/sql-text.ts'
import { canonicalMutation, canonicalQuery } from './canonical-answer.ts'
import { textOf } from './document-text.ts'
import { Evaluation } from './evaluate.ts'
import { type Caller, type Mutation, type MutationField, type Operation, type Query, type Relation, rootName } from './model.ts'
import { changesUnread, type DueMutation, predictMutation, reveals } from './mutation-oracle.ts'
import { keyOf } from './facts.ts'
import { decodedIn } from './relay-model.ts'
import { walk, withCursors } from './relay-pages.ts'
import { shrink } from './shrink.ts'
import { Refused, unmatched } from './sql-session.ts'
import type { Outcome, StartedWorld } from './started-world.ts'
import type { Twin } from './twin.ts'

export interface Result {
  readonly operation: Operation
  /** Was it answered with data? */
  readonly rows: boolean
  /** The answer's `data`, or the refusal's code. */
  readonly data?: JsonObject
  readonly code?: string
  /** What else came up. */
  readonly notes?: readonly string[]
  readonly difference?: { readonly due: string; readonly got: string }
}

/** The dialect's code for a refusal of Postgres. */
export function codeOf(sqlstate: string): string {
  if (['23001', '23502', '23503', '23505', '23P01'].includes(sqlstate)) return 'constraint-violation'
  if (sqlstate === '42501' || sqlstate === '23514' || sqlstate === '44000') return 'permission-error'
  if (sqlstate.startsWith('22')) return 'data-exception'
  if (sqlstate === '21000') return 'data-exception'
  if (sqlstate === unmatched) return 'not-supported'
  if (sqlstate === '42P10') return 'constraint-error'
  return `unknown ${sqlstate}`
}

export class Comparison {
  constructor(
    private readonly started: StartedWorld,
    private readonly twin?: Twin,
  ) {}

  async query(asked: Query): Promise<Result> {
    if (asked.relay !== true) return this.plainQuery(asked)
    const query = await withCursors(asked, this.dataOf)
    const result = await this.plainQuery(query)
    const notes = await this.hiddenNodes(query, result)
    for (const field of query.fields) {
      if (field.kind !== 'connection' || field.walk === undefined || result.data === undefined || result.difference !== undefined) continue
      const { pages, ids, all } = await walk(this.dataOf, query.caller, field)
      if (ids.join('\n') !== all.join('\n'))
        return { ...result, operation: asked, difference: { due: `page by page ${all.join(', ')}`, got: `page by page ${ids.join(', ')}` } }
      if (pages < 2) continue
      notes.push(`walk ${field.page.fromEnd ? 'backwards' : 'forwards'}`)
      if (field.page.distinct.length > 0) notes.push('walk distinct_on')
    }
    return { ...result, notes, ...(result.difference === undefined ? {} : { operation: asked }) }
  }

  /** Rows that are there, and that nobody but the asker misses. */
  private async hiddenNodes({ fields }: Query, { data }: Result): Promise<string[]> {
    const notes: string[] = []
    for (const field of fields) {
      if (field.kind !== 'node' || data === undefined || data[field.key] !== null) continue
      const { numbers } = await this.started.facts.relation(field.relation)
      if (numbers.has(keyOf(field.values))) notes.push('hidden node')
    }
    return notes
  }

  private readonly dataOf = async (query: Query): Promise<JsonObject | undefined> => {
    const { text } = await this.started.run(query)
    return text === undefined ? undefined : ((parseExact(text) as JsonObject)['data'] as JsonObject)
  }

  private async plainQuery(query: Query): Promise<Result> {
    const isWatched = this.twin !== undefined && query.caller === this.twin.watcher
    const [due, outcome, other] = await Promise.all([
      this.dueOf(query),
      this.started.run(query),
      isWatched ? this.twin.run(query) : undefined,
    ])
    const write = (data: Json) => canonicalQuery(query.fields, data)
    const clear = query.relay === true && outcome.text !== undefined ? { text: `${outcome.text} ${decodedIn(outcome.text)}` } : outcome
    const leaked = await this.started.foreignMark(query.caller, clear)
    if (leaked !== undefined)
      return { operation: query, rows: true, difference: { due: 'no row that is hidden', got: `${leaked} in ${outcome.text}` } }
    const got = writtenOutcome(outcome, write)
    // What a constant condition leaves unread needs no right, and none is used.
    const isUnread = due === 'refused: permission-error' && outcome.text !== undefined && got === (await this.dueOf(query, true))
    if (isUnread) return resultOf(query, outcome)
    if (other !== undefined && due === got && writtenExactly(other, write) !== writtenExactly(outcome, write))
      return {
        operation: query,
        rows: true,
        difference: { due: `the same as on the twin: ${writtenExactly(other, write)}`, got: writtenExactly(outcome, write) },
      }
    return { ...resultOf(query, outcome), ...(due === got ? {} : { difference: { due, got } }) }
  }

  /** What is due for a query, as one text. */
  async dueOf(query: Query, lenient = false): Promise<string> {
    try {
      return canonicalQuery(query.fields, await new Evaluation(this.started.facts, query.caller, lenient).query(query.fields))
    } catch (error) {
      if (error instanceof Refused) return `refused: ${codeOf(error.sqlstate)}`
      throw error
    }
  }

  /** Mutations come one at a time: what they do is looked at in transactions of their own. */
  async mutation(mutation: Mutation): Promise<Result> {
    let expected = await predictMutation(this.started.facts, mutation)
    const outcome = await this.started.run(mutation)
    if (expected.refused !== undefined && outcome.refusal !== undefined && !codesOf(expected).includes(outcome.refusal.code))
      expected = await predictMutation(this.started.facts, mutation, { isThorough: true })
    const leaked = await this.started.foreignMark(mutation.caller, outcome, textOf(mutation))
    if (leaked !== undefined && !(await this.reveals(mutation)))
      return {
        operation: mutation,
        rows: true,
        difference: { due: 'no row that is hidden', got: `${leaked} in ${outcome.text ?? outcome.refusal?.message}` },
      }
    const told = await this.toldByTwin(mutation, outcome)
    if (told !== undefined) return { operation: mutation, rows: outcome.text !== undefined, difference: told }
    const due = writtenMutation(mutation, expected, outcome.refusal?.code)
    if (expected.refused !== undefined && outcome.refusal !== undefined && isSameRefusal(mutation, due, outcome.refusal.code))
      return { operation: mutation, rows: false }
    const data = writtenOutcome(outcome, (answer) => canonicalMutation(mutation.fields, answer))
    const got = `${data}${isAtStep(mutation, expected, outcome) ? '' : ` at ${outcome.refusal?.path}`}\n${outcome.after ?? ''}`
    if (due === got || (await this.isOfRightsAlone(mutation, expected, outcome, `${data}\n${outcome.after ?? ''}`)))
      return resultOf(mutation, outcome)
    return { ...resultOf(mutation, outcome), difference: { due, got } }
  }

  /**
   * Postgres asks for the rights of a whole statement when it begins, whether or not it will come to a row; which parts of a
   * mutation are one statement, and what a function of SQL becomes part of, is not the dialect's word. So what reads no row of a
   * relation may be refused for the lack of a right on it, and may be done without.
   */
  private async isOfRightsAlone(mutation: Mutation, expected: DueMutation, outcome: Outcome, done: string): Promise<boolean> {
    if (expected.refused === undefined) {
      const named = /^permission denied for (?:table|view) (.*)$/.exec(outcome.refusal?.message ?? '')?.[1]
      const relation = this.started.world.relations.find(({ name }) => name === named || quoteName(name) === named)
      return relation !== undefined && mutation.fields.some(isNested) && lacksRights(relation, mutation.caller)
    }
    if (!codesOf(expected).includes('permission-error')) return false
    const lenient = await predictMutation(this.started.facts, mutation, { isLenient: true })
    if (lenient.refused === undefined) return outcome.text !== undefined && writtenMutation(mutation, lenient) === done
    // Then a later field is the one that is refused.
    return outcome.refusal !== undefined && codesOf(lenient).includes(outcome.refusal.code) && isAtStep(mutation, lenient, outcome)
  }

  /** A mutation whose condition reads nothing may meet rows that its caller does not see: that is SQL's rule, and no reading. */
  private async toldByTwin(mutation: Mutation, outcome: Outcome): Promise<Result['difference']> {
    if (this.twin === undefined || mutation.caller !== this.twin.watcher || mutation.fields.some(changesUnread)) return undefined
    // Which of several broken rules is named depends on where Postgres keeps the rows.
    const write = ({ refusal, ...rest }: Outcome) =>
      refusal === undefined ? writtenOutcome(rest, (data) => canonicalMutation(mutation.fields, data)) : 'refused'
    const [here, there] = [write(outcome), write(await this.twin.run(mutation))]
    if (here === there || (await this.reveals(mutation))) return undefined
    return { due: `the same as on the twin: ${there}`, got: here }
  }

  private reveals(mutation: Mutation): Promise<boolean> {
    return reveals(this.started.facts, mutation, this.started.world.relations)
  }

  /** The smallest operation found that still differs, and where it differs. */
  async describe(operation: Operation): Promise<string> {
    const compare = (candidate: Operation) => (candidate.kind === 'query' ? this.query(candidate) : this.mutation(candidate))
    const smallest = await shrink(operation, async (candidate) => (await compare(candidate)).difference !== undefined)
    const { difference } = await compare(smallest)
    const { query, variables } = textOf(
      smallest.kind === 'query' && smallest.relay === true ? await withCursors(smallest, this.dataOf) : smallest,
    )
    return [
      `${query}\nas ${operation.caller.name} ${JSON.stringify(variables)}`,
      ...firstDifference(difference?.due ?? '', difference?.got ?? ''),
      explained((await this.started.run(smallest)).refusal),
    ].join('\n')
  }
}

/** Nested rows that break several rules: which of them is named follows from how the statements are cut. */
function isSameRefusal({ fields }: Mutation, due: string, code: string): boolean {
  const either = ['constraint-violation', 'not-supported', 'permission-error', 'data-exception']
  return fields.some(isNested) && either.includes(code) && either.some((each) => due.startsWith(`refused: ${each}`))
}

function isNested(field: MutationField): boolean {
  return (
    ('rows' in field && field.rows.some(({ nested }) => nested.length > 0)) ||
    ('related' in field && field.related.length > 0) ||
    ('updates' in field && field.updates.some(({ related }) => related.length > 0))
  )
}

function lacksRights({ rights, columns }: Relation, { role }: Caller): boolean {
  const { select, insert, update, delete: mayDelete } = rights[role]
  return !mayDelete || [select, insert, update].some((each) => each.size < columns.length)
}

/** Is what was refused the field that was to be? */
function isAtStep({ fields }: Mutation, { refused }: DueMutation, { refusal }: Outcome): boolean {
  return refused === undefined || (refusal?.path ?? '').startsWith(`$.selectionSet.${rootName(fields[refused.step]!)}`)
}

function resultOf(operation: Operation, { text, refusal }: Outcome): Result {
  if (text === undefined) return { operation, rows: false, code: refusal!.code }
  return { operation, rows: true, data: (parseExact(text) as JsonObject)['data'] as JsonObject }
}

const codesOf = ({ refused }: DueMutation): string[] => [...(refused?.sqlstates ?? [])].map(codeOf)

/** `code`: which refusal is meant, where several are due. */
function writtenMutation({ fields }: Mutation, due: DueMutation, code?: string): string {
  const { answer, refused, after } = due
  const codes = codesOf(due)
  if (refused !== undefined) return `refused: ${code !== undefined && codes.includes(code) ? code : codes[0]}\n`
  return `${canonicalMutation(fields, answer!)}\n${after}`
}

/** Refusals of Postgres are known by their code; the dialect's own by their words too, because none is due. */
const codesOfPostgres = new Set(['permission-error', 'constraint-violation', 'data-exception', 'constraint-error', 'not-supported'])

function writtenOutcome({ text, refusal }: Outcome, write: (data: Json) => string): string {
  if (text === undefined)
    return `refused: ${refusal!.code}${codesOfPostgres.has(refusal!.code) ? '' : ` ${refusal!.message} ${refusal!.path}`}`
  return write((parseExact(text) as JsonObject)['data']!)
}

/** What came, as the text to compare with what is due. */
export function gotOf(query: Query, outcome: Outcome): string {
  return writtenOutcome(outcome, (data) => canonicalQuery(query.fields, data))
}

/** With all words of a refusal: they must not tell either. */
function writtenExactly(outcome: Outcome, write: (data: Json) => string): string {
  const { refusal } = outcome
  return refusal === undefined ? writtenOutcome(outcome, write) : `refused: ${refusal.code} ${refusal.message} ${refusal.path}`
}

/** Its words, and those of what is behind it. */
function explained(refusal: Outcome['refusal']): string {
  const { message = '', stack = '' } = (refusal?.cause ?? {}) as Partial<Error>
  return `${refusal?.message ?? ''} ${message} ${stack.split('\n').slice(1, 4).join('')}`
}

/** Where two texts part. */
function firstDifference(due: string, got: string): string[] {
  let at = 0
  while (at < due.length && due[at] === got[at]) at += 1
  const from = Math.max(0, at - 300)
  return [`due ${due.slice(from, at + 500)}`, `got ${got.slice(from, at + 500)}`]
}

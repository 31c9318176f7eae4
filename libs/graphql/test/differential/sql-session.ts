// One connection as the superuser in one long transaction: what a role sees and does is asked under SET LOCAL ROLE
// inside of savepoints, so that nothing of it stays.
import pg from 'pg'
import { quoteText } from '../../../query/test/property/sql-text.ts'
import type { Caller } from './model.ts'

/** What Postgres itself answers to plain SQL. */
export class Refused extends Error {
  constructor(
    readonly sqlstate: string,
    message: string,
  ) {
    super(message)
  }
}

/** A row that others hang on was left out by its on_conflict: the dialect's own refusal. */
export const unmatched = 'unmatched'

/** Everything comes back as text. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig

export class SqlSession implements AsyncDisposable {
  private tail: Promise<unknown> = Promise.resolve()
  private broken: Error | undefined

  private constructor(private readonly client: pg.Client) {}

  static async open(url: string): Promise<SqlSession> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    return new SqlSession(client)
  }

  /** Rows as the superuser; the statement is known not to fail. */
  rows(text: string, values: readonly unknown[] = []): Promise<(string | null)[][]> {
    return this.inTurn(async () => {
      try {
        return (await this.client.query<(string | null)[]>({ text, values: values as unknown[], rowMode: 'array', types: asText })).rows
      } catch (error) {
        // The transaction is lost with it.
        this.broken = new Error(`${(error as Error).message}: ${text}`, { cause: error })
        throw this.broken
      }
    })
  }

  /** Rows of one statement under the caller's role; throws {@link Refused}, and then nothing has happened. */
  rowsAs(caller: Caller, text: string): Promise<(string | null)[][]> {
    const claims = quoteText(JSON.stringify({ role: caller.role, ...caller.claims }))
    const before = `savepoint one; set local role ${caller.role}; select set_config('request.jwt.claims', ${claims}, true)`
    return this.inTurn(async () => {
      try {
        const all = `${before}; ${text}; reset role; release savepoint one`
        const results = (await this.client.query({ text: all, rowMode: 'array', types: asText })) as unknown as pg.QueryArrayResult<
          (string | null)[]
        >[]
        return results[3]!.rows
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        await this.client.query('rollback to savepoint one; release savepoint one; reset role')
        const isOfPostgres = code !== undefined && /^[0-9A-Z]{5}$/.test(code)
        if (!isOfPostgres || (code.startsWith('42') && code !== '42501' && code !== '42P10'))
          throw new Error(`${message}: ${text}`, { cause: error })
        throw new Refused(code, message)
      }
    })
  }

  /** A statement that may fail, and stays done only when `isWanted` says so. */
  async tried(statement: string, isWanted: () => Promise<boolean>): Promise<boolean> {
    await this.rows('savepoint attempt')
    const isDone = await this.client.query(statement).then(
      ({ rowCount }) => (rowCount ?? 0) > 0,
      () => false,
    )
    if (isDone && (await isWanted())) {
      await this.rows('release savepoint attempt')
      return true
    }
    await this.client.query('rollback to savepoint attempt; release savepoint attempt')
    return false
  }

  /** Ends the transaction for good; nothing can be asked any more. */
  async commit(): Promise<void> {
    await this.client.query('commit')
    await this.client.end()
  }

  /** Runs `work` and undoes what it did. */
  async undone<T>(work: () => Promise<T>): Promise<T> {
    await this.client.query('savepoint whole')
    try {
      return await work()
    } finally {
      await this.client.query('rollback to savepoint whole; release savepoint whole')
    }
  }

  /** One after the other: between SET ROLE and RESET ROLE nothing else may run. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.tail.then(() => {
      if (this.broken !== undefined) throw this.broken
      return work()
    })
    this.tail = next.catch(() => undefined)
    return next
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.end()
  }
}

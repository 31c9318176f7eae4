// The owner's function that has its say before every request's statement (PLINTH_API_PRE_REQUEST).
import { type PlatformDatabase, quoteIdentifier } from '#libs/postgres'

/** Is there a function `$1.$2` that can be called without arguments? */
const FUNCTION_EXISTS = `
select exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname = $1 and p.proname = $2 and p.pronargs = p.pronargdefaults) as found`

/** A function without arguments, given as `schema.function`. */
export class PreRequestFunction {
  /** The statement that calls it. FROM gives every function the same result type, so the statement outlives its redefinition. */
  readonly call: string
  private readonly schema: string
  private readonly function: string

  constructor(readonly name: string) {
    const [schema = '', called = ''] = name.split('.')
    this.schema = schema
    this.function = called
    this.call = `select from ${quoteIdentifier(schema)}.${quoteIdentifier(called)}()`
  }

  /** Is it there? Undefined when the database cannot be asked. */
  async exists(database: PlatformDatabase): Promise<boolean | undefined> {
    const rows = await database.query<{ found: boolean }>(FUNCTION_EXISTS, [this.schema, this.function]).catch(() => undefined)
    return rows?.[0]?.found
  }
}

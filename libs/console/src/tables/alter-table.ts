// PATCH /tables/:schema/:table.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { quoteIdentifier, quoteLiteral } from '#libs/postgres'
import type { AdminContext } from '../access/admin-actor.ts'
import type { Applied, TableChange, TableChanges } from '../admin-api.types.ts'
import { consoleErrors } from '../console.errors.ts'
import { columnInput, columnSql } from './column-sql.ts'
import { nameInput, SchemaChanges, strongerLock, type LockLevel, type SchemaChange } from './schema-change.ts'
import { quoteTable, refuseProtectedSchema, TableLookup, type TableFacts } from './table-facts.ts'

const privileges = z.array(z.enum(['select', 'insert', 'update', 'delete'])).min(1)
const sqlText = z.string().min(1).max(10_000)

const tableChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rename'), name: nameInput }),
  z.strictObject({ kind: z.literal('comment'), comment: z.string().max(10_000).nullable() }),
  z.strictObject({ kind: z.literal('add_column'), column: columnInput }),
  z.strictObject({ kind: z.literal('drop_column'), column: nameInput }),
  z.strictObject({ kind: z.literal('rename_column'), column: nameInput, name: nameInput }),
  z.strictObject({ kind: z.literal('alter_type'), column: nameInput, type: z.string().min(1).max(200), using: sqlText.optional() }),
  z.strictObject({ kind: z.literal('set_nullable'), column: nameInput, nullable: z.boolean() }),
  z.strictObject({ kind: z.literal('set_default'), column: nameInput, default: sqlText.nullable() }),
  z.strictObject({ kind: z.literal('row_security'), enabled: z.boolean() }),
  z.strictObject({ kind: z.enum(['grant', 'revoke']), role: nameInput, privileges }),
])

/** Body of PATCH /tables/…; the changes are made in their order, all or none. */
export const tableChangesInput = z.strictObject({ changes: z.array(tableChange).min(1).max(200) })

/** One change as SQL. */
interface Step {
  readonly sql: string
  readonly lock: LockLevel | null
  readonly warnings?: readonly string[]
}

/** The table while changes are planned: names move on with every rename. */
class Draft {
  name: string
  readonly columns: Map<string, { type: string; nullable: boolean }>

  constructor(readonly facts: TableFacts) {
    this.name = facts.name
    this.columns = new Map(facts.columns.map((column) => [column.name, column]))
  }

  get quoted(): string {
    return quoteTable({ schema: this.facts.schema, name: this.name })
  }

  column(name: string): string {
    if (!this.columns.has(name)) throw consoleErrors.column_not_found({ params: { table: this.name, column: name } })
    return quoteIdentifier(name)
  }

  /** "about 12000 rows, 3.1 MB" */
  get size(): string {
    return `about ${this.facts.estimatedRows} rows, ${(this.facts.sizeBytes / 1_000_000).toFixed(1)} MB`
  }
}

/** The SQL of the changes, the strongest lock that it takes, and what the owner should know before. */
export function planTableChanges(table: TableFacts, changes: readonly TableChange[]): SchemaChange {
  const draft = new Draft(table)
  const steps = changes.map((change) => planChange(draft, change))
  return {
    statements: steps.map((step) => step.sql),
    lock: steps.reduce<LockLevel | null>((lock, step) => strongerLock(lock, step.lock), null),
    warnings: steps.flatMap((step) => step.warnings ?? []),
  }
}

function planChange(draft: Draft, change: TableChange): Step {
  switch (change.kind) {
    case 'rename': {
      const sql = `alter table ${draft.quoted} rename to ${quoteIdentifier(change.name)}`
      draft.name = change.name
      return { sql, lock: 'ACCESS EXCLUSIVE', warnings: ['Clients that use the old name get an error from now on.'] }
    }
    case 'comment':
      return {
        sql: `comment on table ${draft.quoted} is ${change.comment === null ? 'null' : quoteLiteral(change.comment)}`,
        lock: 'SHARE UPDATE EXCLUSIVE',
      }
    case 'row_security':
      return {
        sql: `alter table ${draft.quoted} ${change.enabled ? 'enable' : 'disable'} row level security`,
        lock: 'ACCESS EXCLUSIVE',
        warnings: change.enabled
          ? closedWarning(draft.facts)
          : ['Without row-level security every role with a grant sees and changes every row.'],
      }
    case 'grant':
    case 'revoke':
      return planPrivileges(draft, change)
    default:
      return planColumnChange(draft, change)
  }
}

function planPrivileges(draft: Draft, change: Extract<TableChange, { kind: 'grant' | 'revoke' }>): Step {
  const role = change.role === 'public' ? 'public' : quoteIdentifier(change.role)
  const list = change.privileges.join(', ')
  const warnings =
    change.kind === 'grant' && !draft.facts.rowSecurity ? [`Row-level security is off: ${change.role} gets this for every row.`] : []
  return { sql: `${change.kind} ${list} on table ${draft.quoted} ${change.kind === 'grant' ? 'to' : 'from'} ${role}`, lock: null, warnings }
}

type ColumnChange = Exclude<TableChange, { kind: 'rename' | 'comment' | 'row_security' | 'grant' | 'revoke' }>

function planColumnChange(draft: Draft, change: ColumnChange): Step {
  const alter = `alter table ${draft.quoted}`
  if (change.kind === 'add_column') return planAddColumn(draft, change.column)
  const column = draft.column(change.column)
  const lock = 'ACCESS EXCLUSIVE' as const
  switch (change.kind) {
    case 'drop_column':
      draft.columns.delete(change.column)
      return { sql: `${alter} drop column ${column}`, lock, warnings: [`The values of ${change.column} are deleted for good.`] }
    case 'rename_column': {
      draft.columns.set(change.name, draft.columns.get(change.column)!)
      draft.columns.delete(change.column)
      const warnings = [`Clients that use the old name of ${change.column} get an error from now on.`]
      return { sql: `${alter} rename column ${column} to ${quoteIdentifier(change.name)}`, lock, warnings }
    }
    case 'alter_type': {
      const from = draft.columns.get(change.column)!.type
      const using = change.using === undefined ? '' : ` using ${change.using}`
      const warnings =
        keepsStorage(from, change.type) && using === ''
          ? []
          : [
              `Changing ${change.column} from ${from} to ${change.type} rewrites the whole table (${draft.size}); nobody can read or write it meanwhile.`,
            ]
      return { sql: `${alter} alter column ${column} type ${change.type}${using}`, lock, warnings }
    }
    case 'set_nullable':
      return change.nullable
        ? { sql: `${alter} alter column ${column} drop not null`, lock }
        : {
            sql: `${alter} alter column ${column} set not null`,
            lock,
            warnings: [`Every row is checked (${draft.size}) while nobody can read or write the table.`],
          }
    case 'set_default':
      return { sql: `${alter} alter column ${column} ${change.default === null ? 'drop default' : `set default ${change.default}`}`, lock }
  }
}

function planAddColumn(draft: Draft, column: Extract<TableChange, { kind: 'add_column' }>['column']): Step {
  const warnings: string[] = []
  const hasValue = column.identity === true || (column.default ?? null) !== null
  if ((column.nullable === false || column.primaryKey === true) && !hasValue && draft.facts.estimatedRows > 0) {
    warnings.push(`${column.name} is not nullable and has no default: Postgres refuses it while the table has rows.`)
  }
  if (column.identity === true || isVolatileDefault(column.default ?? '') || /serial$/i.test(column.type)) {
    warnings.push(
      `A value of its own for ${column.name} in each row rewrites the whole table (${draft.size}); nobody can read or write it meanwhile.`,
    )
  }
  if (column.unique === true || column.primaryKey === true) {
    warnings.push(`The index behind ${column.name} is built (${draft.size}) while nobody can read or write the table.`)
  }
  const key = column.primaryKey === true ? ' primary key' : ''
  draft.columns.set(column.name, { type: column.type, nullable: column.nullable !== false })
  return { sql: `alter table ${draft.quoted} add column ${columnSql(column)}${key}`, lock: 'ACCESS EXCLUSIVE', warnings }
}

/** Defaults that give each row another value. now() and constants do not: Postgres keeps them once for all old rows. */
function isVolatileDefault(expression: string): boolean {
  return /\b(gen_random_uuid|uuidv?\d*|uuid_generate_\w+|random|nextval|clock_timestamp|timeofday)\s*\(/i.test(expression)
}

/** Type changes that Postgres makes in the catalog alone, as far as they are common. */
function keepsStorage(from: string, to: string): boolean {
  const normal = (type: string) =>
    type
      .trim()
      .toLowerCase()
      .replace(/^varchar\b/, 'character varying')
  const [a, b] = [normal(from), normal(to)]
  if (a === b) return true
  const length = (type: string) =>
    type === 'text' || type === 'character varying' ? Infinity : Number(/^character varying\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN)
  return length(b) >= length(a)
}

function closedWarning(facts: TableFacts): string[] {
  if (facts.policies.length > 0 || facts.grantedRoles.filter((role) => role !== 'service_role').length === 0) return []
  return ['The table has no policies yet: until one is made, its granted roles see no rows.']
}

/** Changes a table. */
@Injectable()
export class AlterTable {
  constructor(
    @Inject(TableLookup) private readonly lookup: TableLookup,
    @Inject(SchemaChanges) private readonly changes: SchemaChanges,
  ) {}

  async run(schema: string, name: string, { changes }: TableChanges, admin: AdminContext, dryRun: boolean): Promise<Applied> {
    refuseProtectedSchema(schema)
    const table = await this.lookup.require(schema, name)
    await this.lookup.requireTypes(
      changes.flatMap((change) =>
        change.kind === 'add_column' ? [change.column.type] : change.kind === 'alter_type' ? [change.type] : [],
      ),
    )
    return this.changes.apply(planTableChanges(table, changes), { action: 'table.alter', target: `${schema}.${name}`, admin, dryRun })
  }
}

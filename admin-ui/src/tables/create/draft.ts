// The form of a new table, and the input of the admin API that it stands for.
import type { ColumnInput, TableInput } from '#admin-api'

export interface ColumnDraft {
  readonly id: number
  readonly name: string
  readonly type: string
  readonly primaryKey: boolean
  readonly identity: boolean
  readonly nullable: boolean
  readonly unique: boolean
  /** SQL expression; empty means none. */
  readonly defaultText: string
  /** `schema.table.column`; empty means none. */
  readonly references: string
  readonly onDelete: 'no action' | 'cascade' | 'set null' | 'restrict'
}
export interface TableDraft {
  readonly schema: string
  readonly name: string
  readonly comment: string
  readonly rowSecurity: boolean
  readonly columns: readonly ColumnDraft[]
}

let lastId = 0
export function newColumn(given: Partial<ColumnDraft> = {}): ColumnDraft {
  lastId += 1
  return {
    id: lastId,
    name: '',
    type: 'text',
    primaryKey: false,
    identity: false,
    nullable: true,
    unique: false,
    defaultText: '',
    references: '',
    onDelete: 'no action',
    ...given,
  }
}

export function newTable(schema: string): TableDraft {
  return {
    schema,
    name: '',
    comment: '',
    rowSecurity: true,
    columns: [
      newColumn({ name: 'id', type: 'bigint', primaryKey: true, identity: true, nullable: false }),
      newColumn({ name: 'created_at', type: 'timestamp with time zone', nullable: false, defaultText: 'now()' }),
      newColumn({}),
    ],
  }
}

/** One column as the API takes it. */
export function toColumnInput(draft: ColumnDraft): ColumnInput {
  const [schema, table, column] = draft.references === '' ? [] : (JSON.parse(draft.references) as [string, string, string])
  return {
    name: draft.name.trim(),
    type: draft.type,
    nullable: draft.primaryKey ? false : draft.nullable,
    ...(draft.defaultText.trim() === '' || draft.identity ? {} : { default: draft.defaultText.trim() }),
    ...(draft.primaryKey ? { primaryKey: true } : {}),
    ...(draft.unique && !draft.primaryKey ? { unique: true } : {}),
    ...(draft.identity ? { identity: true } : {}),
    ...(schema === undefined || table === undefined || column === undefined
      ? {}
      : { references: { schema, table, column, onDelete: draft.onDelete } }),
  }
}

/** The whole input, or undefined while the name or all columns are missing. Columns without a name are left out. */
export function toTableInput(draft: TableDraft): TableInput | undefined {
  const columns = draft.columns.filter((column) => column.name.trim() !== '').map(toColumnInput)
  if (draft.name.trim() === '' || columns.length === 0) return undefined
  return {
    schema: draft.schema,
    name: draft.name.trim(),
    columns,
    rowSecurity: draft.rowSecurity,
    ...(draft.comment.trim() === '' ? {} : { comment: draft.comment.trim() }),
  }
}

/** Types that may count up by themselves. */
export function canBeIdentity(type: string): boolean {
  return ['bigint', 'integer', 'smallint'].includes(type)
}

// What stays the same of a relation from one catalog version to the next while nothing about it changes.
import { readDirective } from './comment-directive.ts'
import type { Column, DataType, Key } from './model.ts'
import type { Grant, RawForeignKey, RawKey, RawRelation } from './raw-model.ts'
import { heldRenames } from './settled-names.ts'
import { buildColumn, buildRowTypes } from './type.builder.ts'

/** Facts of a relation that do not depend on others: versions share them. */
export interface RelationShape {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: string
  readonly comment: string | null
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  readonly securityInvoker: boolean
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i'
  readonly columns: readonly Column[]
  readonly columnsByName: ReadonlyMap<string, Column>
  readonly uniqueKeys: readonly Key[]
  readonly rawKeys: readonly RawKey[]
  readonly foreign: readonly { readonly raw: RawForeignKey; readonly columns: readonly string[] }[]
  readonly readsRequest: boolean
  readonly writesResponse: boolean
  readonly tableGrants: readonly Grant[]
  readonly columnGrants: readonly { readonly name: string; readonly acl: readonly Grant[] }[]
  readonly rowTypes: readonly DataType[]
}

/** Names of columns by attnum. */
export function namesAt(columns: readonly Column[], positions: readonly number[]): string[] {
  return positions.map((position) => columns.find((column) => column.position === position)?.name ?? '')
}

/** The shape of one relation. Its row types are given, because columns of others may be made of them; `grants` by number. */
export function buildShape(
  raw: RawRelation,
  types: ReadonlyMap<number, DataType>,
  grants: ReadonlyMap<number, readonly Grant[]>,
  rowTypes: readonly DataType[] = buildRowTypes(raw),
): RelationShape {
  const columns = withFieldNames(raw.columns.map((column) => buildColumn(column, types)))
  return {
    oid: raw.oid,
    schema: raw.schema,
    name: raw.name,
    kind: raw.kind,
    comment: raw.comment,
    rowSecurity: { enabled: raw.rls, forced: raw.forced },
    securityInvoker: raw.invoker,
    replicaIdentity: raw.identity,
    columns,
    columnsByName: new Map(columns.map((column) => [column.name, column])),
    uniqueKeys: raw.keys.map((key) => ({
      name: key.name,
      primary: key.primary,
      columns: namesAt(columns, key.columns),
      ...(key.arbiter ? {} : { arbitrates: false as const }),
    })),
    rawKeys: raw.keys,
    foreign: raw.foreign.map((key) => ({ raw: key, columns: namesAt(columns, key.columns) })),
    readsRequest: raw.reads_request,
    writesResponse: raw.writes_response,
    tableGrants: grants.get(raw.acl) ?? [],
    columnGrants: raw.columns.flatMap(({ name, acl }) => (acl === null ? [] : [{ name, acl: grants.get(acl) ?? [] }])),
    rowTypes,
  }
}

function withFieldNames(columns: readonly Column[]): readonly Column[] {
  const items = columns.map((item) => ({ item, own: item.name, wanted: readDirective(item.comment, 'column').options.name }))
  const names = heldRenames(items)
  return names.size === 0 ? columns : columns.map((column) => (names.has(column) ? { ...column, fieldName: names.get(column)! } : column))
}

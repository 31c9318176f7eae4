// Types and columns of the model.
import type { Attribute, Column, DataType } from './model.ts'
import type { RawColumn, RawRelation, RawType } from './raw-model.ts'

const typeKinds: Readonly<Record<string, DataType['kind']>> = {
  b: 'base',
  e: 'enum',
  d: 'domain',
  c: 'composite',
  r: 'range',
  m: 'multirange',
  p: 'pseudo',
}

/** All types by oid, arrays and domains linked to their base, composite types to those of their attributes. */
export function buildTypes(raws: readonly RawType[], rowTypes: Iterable<DataType>): Map<number, DataType> {
  const byOid = new Map(raws.map((raw) => [raw.oid, raw]))
  const types = new Map<number, DataType>()
  for (const type of rowTypes) types.set(type.oid, type)
  const build = (raw: RawType): DataType => {
    const known = types.get(raw.oid)
    if (known !== undefined) return known
    const element = raw.element === null ? undefined : byOid.get(raw.element)
    const type: DataType & { attributes?: readonly Attribute[] } = {
      oid: raw.oid,
      schema: raw.schema,
      name: raw.name,
      formatted: raw.formatted,
      kind: raw.type === 'b' && raw.element !== null ? 'array' : (typeKinds[raw.type] ?? 'base'),
      category: raw.category,
      base: element === undefined ? (raw.element === null ? undefined : types.get(raw.element)) : build(element),
      enumLabels: raw.labels ?? undefined,
    }
    types.set(raw.oid, type)
    if (raw.attributes !== null) type.attributes = raw.attributes.map(([name, oid]) => ({ name, type: attributeType(oid) }))
    return type
  }
  const attributeType = (oid: number): DataType => {
    const attribute = byOid.get(oid)
    return attribute === undefined ? typeByOid(types, oid) : build(attribute)
  }
  for (const raw of raws) build(raw)
  return types
}

/** The type of a relation's rows, and of arrays of them. */
export function buildRowTypes({ schema, name, row_type: [oid, formatted, arrayOid, arrayName, arrayFormatted] }: RawRelation): DataType[] {
  const row: DataType = { oid, schema, name, formatted, kind: 'composite', category: 'C', base: undefined, enumLabels: undefined }
  if (arrayOid === null) return [row]
  return [
    row,
    { oid: arrayOid, schema, name: arrayName!, formatted: arrayFormatted!, kind: 'array', category: 'A', base: row, enumLabels: undefined },
  ]
}

/** A type that was not read stands as `unknown`: it can be read as text, not resolved. */
export function typeByOid(types: ReadonlyMap<number, DataType>, oid: number): DataType {
  return types.get(oid) ?? { oid, schema: 'pg_catalog', name: 'unknown', formatted: 'unknown', kind: 'pseudo', category: 'X' }
}

/** A column of a relation or of a function's row. */
export function buildColumn(raw: RawColumn, types: ReadonlyMap<number, DataType>): Column {
  return {
    name: raw.name,
    position: raw.pos,
    type: typeByOid(types, raw.type),
    nullable: !raw.notnull,
    hasDefault: raw.hasdefault,
    generated:
      raw.generated !== '' ? 'stored' : raw.identity === 'a' ? 'identity_always' : raw.identity === 'd' ? 'identity_by_default' : 'no',
    defaultExpression: raw.default,
    identitySequence: raw.sequence,
    ...(raw.maxlength == null ? undefined : { maxLength: raw.maxlength }),
    comment: raw.comment,
  }
}

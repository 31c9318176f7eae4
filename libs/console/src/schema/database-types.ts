// GET /types: the catalog as the TypeScript type `Database` that @plinth/client and supabase-js take as their generic.
import type { Catalog, Column, DatabaseFunction, DataType, Relation } from '#libs/catalog'

const numberTypes: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'oid'])
const header = `// Written by \`plinth types\`. Do not edit: run it again after a change of the schema.
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]
`

/** The exposed schemas as TypeScript. Equal catalogs give equal text. */
export function databaseTypes(catalog: Catalog): string {
  const { schemas } = catalog
  const known: ReadonlySet<string> = new Set(schemas)
  return `${header}\nexport type Database = {\n${schemas.map((schema) => indent(schemaType(catalog, schema, known), 1)).join('\n')}\n}\n`
}

function schemaType(catalog: Catalog, schema: string, known: ReadonlySet<string>): string {
  const relations = [...catalog.relations.values()].filter((relation) => relation.schema === schema).sort(byName)
  const isTable = (relation: Relation) =>
    relation.kind === 'table' || relation.kind === 'partitioned_table' || relation.kind === 'foreign_table'
  const functions = [...catalog.functions.values()]
    .filter((overloads) => overloads[0]?.schema === schema)
    .sort((a, b) => byName(a[0]!, b[0]!))
  const enums = [...catalog.types.values()].filter((type) => type.kind === 'enum' && type.schema === schema).sort(byName)
  const types = new TypeWriter(catalog, known)
  return block(property(schema), [
    section(
      'Tables',
      relations.filter(isTable).map((relation) => relationType(relation, types)),
    ),
    section(
      'Views',
      relations.filter((relation) => !isTable(relation)).map((relation) => relationType(relation, types)),
    ),
    section(
      'Functions',
      functions.map((overloads) => functionType(overloads, types)),
    ),
    section(
      'Enums',
      enums.map((type) => `${property(type.name)}: ${labelsUnion(type)}`),
    ),
    section('CompositeTypes', []),
  ])
}

function relationType(relation: Relation, types: TypeWriter): string {
  const lines = [
    block(
      'Row',
      relation.columns.map((column) => `${property(column.name)}: ${columnType(column, types)}`),
    ),
  ]
  if (relation.insertable)
    lines.push(
      block(
        'Insert',
        relation.columns.map((column) => writtenColumn(column, types, mayOmit(column))),
      ),
    )
  if (relation.updatable)
    lines.push(
      block(
        'Update',
        relation.columns.map((column) => writtenColumn(column, types, true)),
      ),
    )
  lines.push(relationships(relation))
  return block(property(relation.name), lines)
}

function columnType(column: Column, types: TypeWriter): string {
  return types.write(column.type) + (column.nullable ? ' | null' : '')
}

function mayOmit(column: Column): boolean {
  return column.nullable || column.hasDefault || column.generated !== 'no'
}

/** Values of GENERATED ALWAYS columns are refused by Postgres: `never` says so before. */
function writtenColumn(column: Column, types: TypeWriter, optional: boolean): string {
  const isWritable = column.generated === 'no' || column.generated === 'identity_by_default'
  return `${property(column.name)}${optional ? '?' : ''}: ${isWritable ? columnType(column, types) : 'never'}`
}

function relationships(relation: Relation): string {
  if (relation.foreignKeys.length === 0) return 'Relationships: []'
  const isUnique = (columns: readonly string[]) =>
    relation.uniqueKeys.some((key) => key.columns.length === columns.length && key.columns.every((column) => columns.includes(column)))
  const entries = relation.foreignKeys.map(
    (key) => `{
  foreignKeyName: ${text(key.name)}
  columns: [${key.columns.map(text).join(', ')}]
  isOneToOne: ${isUnique(key.columns)}
  referencedRelation: ${text(key.target.name)}
  referencedColumns: [${key.targetColumns.map(text).join(', ')}]
},`,
  )
  return `Relationships: [\n${entries.map((entry) => indent(entry, 1)).join('\n')}\n]`
}

/** Overloads become a union, as in the types that supabase-js expects. */
function functionType(overloads: readonly DatabaseFunction[], types: TypeWriter): string {
  const shapes = overloads.map((each) => {
    const args = each.arguments.map(
      (argument) => `${property(argument.name || '')}${argument.hasDefault ? '?' : ''}: ${types.write(argument.type)}`,
    )
    return `{ Args: ${args.length === 0 ? 'Record<PropertyKey, never>' : `{ ${args.join('; ')} }`}; Returns: ${returnsType(each, types)} }`
  })
  return `${property(overloads[0]!.name)}: ${shapes.length === 1 ? shapes[0]! : shapes.map((shape) => `\n  | ${shape}`).join('')}`
}

function returnsType(each: DatabaseFunction, types: TypeWriter): string {
  const one =
    each.returnColumns !== null
      ? `{ ${each.returnColumns.map((column) => `${property(column.name)}: ${types.write(column.type)}`).join('; ')} }`
      : each.returnRelation !== null
        ? types.rowOf(each.returnRelation)
        : types.write(each.returnType)
  return each.returnsSet ? (one.includes(' | ') ? `(${one})[]` : `${one}[]`) : one
}

/** Postgres types as the TypeScript types of their JSON. */
class TypeWriter {
  constructor(
    private readonly catalog: Catalog,
    private readonly known: ReadonlySet<string>,
  ) {}

  write(type: DataType): string {
    if (type.kind === 'array') return type.base === undefined ? 'unknown[]' : listOf(this.write(type.base))
    if (type.kind === 'domain') return type.base === undefined ? 'unknown' : this.write(type.base)
    if (type.kind === 'enum')
      return this.known.has(type.schema) ? `Database[${text(type.schema)}]['Enums'][${text(type.name)}]` : labelsUnion(type)
    if (type.kind === 'composite') {
      const relation = this.catalog.findRelation(type.schema, type.name)
      return relation === undefined ? 'Record<string, unknown>' : this.rowOf(relation)
    }
    if (numberTypes.has(type.name)) return 'number'
    if (type.name === 'bool') return 'boolean'
    if (type.name === 'json' || type.name === 'jsonb') return 'Json'
    if (type.name === 'void') return 'undefined'
    if (type.name === 'record') return 'Record<string, unknown>'
    return type.kind === 'pseudo' ? 'unknown' : 'string'
  }

  rowOf(relation: Relation): string {
    if (!this.known.has(relation.schema)) return 'Record<string, unknown>'
    const section = ['view', 'materialized_view'].includes(relation.kind) ? 'Views' : 'Tables'
    return `Database[${text(relation.schema)}]['${section}'][${text(relation.name)}]['Row']`
  }
}

function listOf(element: string): string {
  return element.includes(' | ') ? `(${element})[]` : `${element}[]`
}

function labelsUnion(type: DataType): string {
  return (type.enumLabels ?? []).map(text).join(' | ') || 'never'
}

function section(name: string, entries: readonly string[]): string {
  return entries.length === 0 ? `${name}: { [_ in never]: never }` : block(name, entries)
}

function block(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${name}: Record<never, never>` : `${name}: {\n${lines.map((line) => indent(line, 1)).join('\n')}\n}`
}

function indent(lines: string, levels: number): string {
  return lines.replace(/^(?=.)/gm, '  '.repeat(levels))
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)
}

/** A string literal with single quotes. */
function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

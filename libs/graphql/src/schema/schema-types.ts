// Types by name, made once per schema, and which of their fields are wanted: all for introspection, for validation only
// those whose names the document says.
import type { Column, DataType } from '#libs/catalog'
import {
  GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLScalarType,
  isNonNullType,
} from 'graphql'
import { isArrayType, scalarName } from '../model/names.ts'
import type { EnumModel, TableModel } from '../model/role-model.ts'
import { type EnumValues, ListedEnum } from './listed-enum.ts'
import { makeScalar } from './scalars.ts'

/** A field, argument or input key; a function is called only when the field is wanted. */
export type FieldSource<F> = F | (() => F)

/** Makes and remembers the types of one schema. */
export class SchemaTypes {
  private readonly types = new Map<string, GraphQLNamedType>()
  readonly orderBy = this.enumeration('order_by', 'column ordering options', {
    asc: { description: 'in ascending order, nulls last' },
    asc_nulls_first: { description: 'in ascending order, nulls first' },
    asc_nulls_last: { description: 'in ascending order, nulls last' },
    desc: { description: 'in descending order, nulls first' },
    desc_nulls_first: { description: 'in descending order, nulls first' },
    desc_nulls_last: { description: 'in descending order, nulls last' },
  })

  /** `mentioned`: the names that a document says, in the document or in its variables; null keeps everything. `composites`: scalars whose values are objects. */
  constructor(
    private readonly mentioned: ReadonlySet<string> | null = null,
    private readonly composites: ReadonlySet<string> = new Set(),
  ) {}

  /** The type of that name, made on first use. */
  named<T extends GraphQLNamedType>(name: string, make: () => T): T {
    let type = this.types.get(name) as T | undefined
    if (type === undefined) {
      type = make()
      this.types.set(name, type)
    }
    return type
  }

  /** Forgets all types: they are made again when somebody asks for them. */
  forget(): void {
    this.types.clear()
  }

  /** Is the name said by the document (or is everything wanted)? */
  isWanted(name: string): boolean {
    return this.mentioned === null || this.mentioned.has(name)
  }

  /** The wanted fields of an object or input type. A type without any would be invalid, so one always stays. */
  fields<F extends { readonly type: unknown }>(record: Readonly<Record<string, FieldSource<F>>>): Record<string, F> {
    const kept = this.kept(record)
    const [first] = Object.keys(record)
    if (first !== undefined && Object.keys(kept).length === 0) kept[first] = resolved(record[first]!)
    return kept
  }

  /** The wanted arguments of a field. */
  arguments(record: Readonly<Record<string, FieldSource<GraphQLFieldConfigArgumentMap[string]>>>): GraphQLFieldConfigArgumentMap {
    return this.kept(record)
  }

  /** Required ones are kept when they are given as they are: that they are missing must be seen. */
  private kept<F extends { readonly type: unknown }>(record: Readonly<Record<string, FieldSource<F>>>): Record<string, F> {
    // Without a prototype: a column may be called `constructor` or `__proto__`.
    const kept = Object.create(null) as Record<string, F>
    for (const [name, source] of Object.entries(record)) {
      if (this.isWanted(name) || (typeof source !== 'function' && isRequired(source))) kept[name] = resolved(source)
    }
    return kept
  }

  /** A scalar by its GraphQL name. */
  scalar(name: string): GraphQLScalarType {
    return this.named(name, () => makeScalar(name, this.composites.has(name)))
  }

  /** An enum whose errors list its values. */
  enumeration(name: string, description: string, values: EnumValues): GraphQLEnumType {
    return this.named(name, () => new ListedEnum({ name, description, values }))
  }

  /** `<T>_enum`: the keys of an enum table. */
  enumTable({ name, values }: EnumModel): GraphQLEnumType {
    const configs = Object.fromEntries([...values].map(([value, description]) => [value, { description }]))
    return this.enumeration(name, 'keys of an enum table', configs)
  }

  /** A column's value in the answer. */
  output(column: Column, table?: TableModel): GraphQLOutputType {
    const type = this.ofColumn(column, table)
    return column.nullable ? type : new GraphQLNonNull(type)
  }

  /** A column's value in an input, nullable. With its table, a reference to an enum table is an enum. */
  input(column: Column, table?: TableModel): GraphQLInputType {
    return this.ofColumn(column, table)
  }

  private ofColumn(column: Column, table: TableModel | undefined) {
    const enumeration = table?.enumOf(column)
    return enumeration === undefined ? this.value(column.type) : this.enumTable(enumeration)
  }

  /** A value of a type: its scalar, or a list of it for arrays. */
  value(type: DataType): GraphQLScalarType | GraphQLList<GraphQLNonNull<GraphQLScalarType>> {
    const scalar = this.scalar(scalarName(type))
    return isArrayType(type) ? new GraphQLList(new GraphQLNonNull(scalar)) : scalar
  }
}

function resolved<F>(source: FieldSource<F>): F {
  return typeof source === 'function' ? (source as () => F)() : source
}

function isRequired(config: { readonly type: unknown; readonly defaultValue?: unknown }): boolean {
  return isNonNullType(config.type) && config.defaultValue === undefined
}

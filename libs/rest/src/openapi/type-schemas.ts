// Postgres types as JSON Schema of OpenAPI 3.1: how row_to_json writes them and how inserts read them.
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'
import type { ComponentNames } from './component-names.ts'
import { formatOf } from './type-name.ts'

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

const plain: Readonly<Record<string, Schema>> = {
  bool: { type: 'boolean' },
  int2: { type: 'integer', minimum: -32_768, maximum: 32_767 },
  int4: { type: 'integer', format: 'int32' },
  int8: { type: 'integer', format: 'int64' },
  oid: { type: 'integer', minimum: 0 },
  float4: { type: 'number', format: 'float' },
  float8: { type: 'number', format: 'double' },
  numeric: { type: 'number' },
  json: {},
  jsonb: {},
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
  bytea: { type: 'string', pattern: String.raw`^\\x([0-9a-fA-F]{2})*$` },
  hstore: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
  geometry: { type: 'object', description: 'GeoJSON', additionalProperties: true },
}

/** Types whose schema says all that there is to say. */
const selfEvident: ReadonlySet<string> = new Set(['bool', 'int4', 'text', 'uuid', 'date', 'timestamptz', 'numeric', 'float8'])

/** Schemas of types; enums become components that are written once. */
export class TypeSchemas {
  private readonly written = new Set<DataType>()
  private fresh: Record<string, Schema> = {}

  constructor(
    private readonly names: ComponentNames,
    private readonly schema: string,
  ) {}

  /** The schema of a value of this type. */
  of(type: DataType, nullable: boolean): Schema {
    const schema = this.bare(baseType(type))
    return nullable ? orNull(schema) : schema
  }

  /** The Postgres type, where the schema does not say it. */
  labelOf(type: DataType): string | undefined {
    if (type.kind === 'enum' || (type.schema === 'pg_catalog' && selfEvident.has(type.name))) return undefined
    return type.kind === 'domain' ? `${type.schema}.${type.name}` : formatOf(type)
  }

  /** Components that were referred to and are not in the document yet. */
  takeFresh(): Readonly<Record<string, Schema>> {
    const { fresh } = this
    this.fresh = {}
    return fresh
  }

  private bare(type: DataType): Schema {
    if (type.kind === 'array') {
      return { type: 'array', items: type.base === undefined ? {} : orNull(this.bare(baseType(type.base))) }
    }
    if (type.enumLabels !== undefined && type.enumLabels.length > 0) return this.enumOf(type, type.enumLabels)
    if (type.kind === 'composite') return { type: 'object', additionalProperties: true }
    return Object.hasOwn(plain, type.name) ? plain[type.name]! : { type: 'string' }
  }

  private enumOf(type: DataType, labels: readonly string[]): Schema {
    const words = type.schema === this.schema ? ['enum', type.name] : ['enum', type.schema, type.name]
    if (!this.written.has(type)) {
      this.written.add(type)
      this.fresh[this.names.of('schemas', ...words)] = { type: 'string', enum: labels, 'x-postgres-type': formatOf(type) }
    }
    return this.names.ref('schemas', ...words)
  }
}

/** The same, or null. */
function orNull(schema: Schema): Schema {
  if ('$ref' in schema) {
    const { $ref, ...rest } = schema
    return { oneOf: [{ $ref }, { type: 'null' }], ...rest }
  }
  return typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : schema
}

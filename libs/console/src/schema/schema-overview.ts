// GET /schema: the catalog's model, with what only an owner asks for: sizes, estimates, policies, grants, warnings.
import { Inject, Injectable } from '@nestjs/common'
import {
  CatalogService,
  type Catalog,
  type DatabaseFunction,
  type DataType,
  type Relation,
  warningsOfFunction,
  warningsOfRelation,
} from '#libs/catalog'
import { DatabaseError, PlatformDatabase } from '#libs/postgres'
import type { FunctionInfo, SchemaOverview, TableInfo } from '../admin-api.types.ts'
import { relationWarnings, functionWarnings } from './schema-warnings.ts'

/** What Postgres knows of a relation beside its shape. */
export interface RelationFigures {
  readonly oid: number
  readonly estimatedRows: number
  readonly sizeBytes: number
  readonly policyCount: number
}

const platformSchemas: ReadonlySet<string> = new Set(['plinth', 'auth', 'storage', 'realtime'])
const noFigures = { estimatedRows: 0, sizeBytes: 0, policyCount: 0 }

const figuresSql = (size: string) => `
select c.oid::int8::float8 as oid, greatest(c.reltuples, 0)::float8 as "estimatedRows", ${size} as "sizeBytes",
       (select count(*)::int from pg_catalog.pg_policy p where p.polrelid = c.oid) as "policyCount"
  from pg_catalog.pg_class c where c.oid = any($1::oid[])`

const schemasSql = `
select nspname as name from pg_catalog.pg_namespace
 where nspname !~ '^pg_' and nspname not in ('information_schema', 'plinth', 'auth', 'storage', 'realtime') order by nspname = 'public' desc, nspname`

/** Reads the overview. */
@Injectable()
export class ReadSchemaOverview {
  constructor(
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
  ) {}

  async run(): Promise<SchemaOverview> {
    const catalog = this.catalog.current()
    const oids = ownRelations(catalog).map((relation) => relation.oid)
    const [figures, schemas] = await Promise.all([this.readFigures(oids), this.database.query<{ name: string }>(schemasSql)])
    return buildSchemaOverview(
      catalog,
      figures,
      schemas.map((schema) => schema.name),
    )
  }

  /** Real sizes open each table, which waits behind a running ALTER TABLE: then the planner's numbers have to do. */
  private async readFigures(oids: readonly number[]): Promise<RelationFigures[]> {
    try {
      return await this.database.transaction(async (tx) => {
        await tx.query(`select pg_catalog.set_config('lock_timeout', '200ms', true)`)
        return tx.query<RelationFigures>(figuresSql('pg_catalog.pg_total_relation_size(c.oid)::float8'), [oids])
      })
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.sqlstate !== '55P03') throw error
      return this.database.query<RelationFigures>(figuresSql(`c.relpages::float8 * current_setting('block_size')::int`), [oids])
    }
  }
}

/** The overview from its parts. */
export function buildSchemaOverview(catalog: Catalog, figures: readonly RelationFigures[], schemas: readonly string[]): SchemaOverview {
  const byOid = new Map(figures.map((each) => [each.oid, each]))
  const roles = [...catalog.roles].sort()
  return {
    version: catalog.version,
    schemas: [...schemas],
    tables: ownRelations(catalog).map((relation) =>
      tableInfo(catalog, relation, byOid.get(relation.oid) ?? { oid: relation.oid, ...noFigures }, roles),
    ),
    enums: [...catalog.types.values()]
      .filter((type) => type.kind === 'enum' && !platformSchemas.has(type.schema) && type.schema !== 'pg_catalog')
      .map((type) => ({ schema: type.schema, name: type.name, labels: [...(type.enumLabels ?? [])] })),
    functions: [...catalog.functions.values()]
      .flat()
      .filter((each) => !platformSchemas.has(each.schema))
      .map((each) => functionInfo(each, roles)),
    roles,
  }
}

function ownRelations(catalog: Catalog): Relation[] {
  return [...catalog.relations.values()]
    .filter((relation) => !platformSchemas.has(relation.schema))
    .sort((a, b) => (a.schema === b.schema ? compare(a.name, b.name) : compare(a.schema, b.schema)))
}

function tableInfo(catalog: Catalog, relation: Relation, figures: RelationFigures, roles: readonly string[]): TableInfo {
  return {
    schema: relation.schema,
    name: relation.name,
    kind: relation.kind,
    comment: relation.comment,
    columns: relation.columns.map((column) => {
      const labels = enumLabels(column.type)
      return {
        name: column.name,
        type: column.type.formatted,
        typeCategory: column.type.category,
        ...(labels === undefined ? {} : { enumLabels: [...labels] }),
        nullable: column.nullable,
        default: column.defaultExpression,
        generated: column.generated,
        comment: column.comment,
      }
    }),
    primaryKey: [...(relation.primaryKey?.columns ?? [])],
    foreignKeys: relation.foreignKeys.map((key) => ({
      name: key.name,
      columns: [...key.columns],
      target: { schema: key.target.schema, table: key.target.name, columns: [...key.targetColumns] },
    })),
    uniqueKeys: relation.uniqueKeys.filter((key) => !key.primary).map((key) => ({ name: key.name, columns: [...key.columns] })),
    rowSecurity: relation.rowSecurity.enabled,
    policyCount: figures.policyCount,
    grants: grantsOf(relation, roles),
    estimatedRows: figures.estimatedRows,
    sizeBytes: figures.sizeBytes,
    warnings: [...relationWarnings(relation, figures, roles), ...warningsOfRelation(relation, catalog)],
  }
}

/** Which roles may do what with at least one column; roles that may do nothing are left out. */
export function grantsOf(relation: Relation, roles: readonly string[]): TableInfo['grants'] {
  const grants: TableInfo['grants'] = {}
  for (const role of roles) {
    const may = relation.privilegesOf(role)
    const list = (['select', 'insert', 'update'] as const).filter((privilege) => may[privilege].size > 0) as TableInfo['grants'][string]
    if (may.delete) list.push('delete')
    if (list.length > 0) grants[role] = list
  }
  return grants
}

function functionInfo(each: DatabaseFunction, roles: readonly string[]): FunctionInfo {
  return {
    schema: each.schema,
    name: each.name,
    arguments: each.arguments
      .map((argument) => `${argument.mode === 'variadic' ? 'variadic ' : ''}${argument.name} ${argument.type.formatted}`.trim())
      .join(', '),
    returns: returnsOf(each),
    volatility: each.volatility,
    securityDefiner: each.securityDefiner,
    warnings: [...functionWarnings(each, roles), ...warningsOfFunction(each)],
  }
}

function returnsOf(each: DatabaseFunction): string {
  if (each.returnColumns !== null)
    return `table (${each.returnColumns.map((column) => `${column.name} ${column.type.formatted}`).join(', ')})`
  return `${each.returnsSet ? 'setof ' : ''}${each.returnType.formatted}`
}

function enumLabels(type: DataType): readonly string[] | undefined {
  return type.enumLabels ?? (type.base === undefined ? undefined : enumLabels(type.base))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

// Turns the introspection's JSON into the immutable model: links oids to objects.
import { CatalogRelation, RoleRights } from './catalog-relation.ts'
import { linkComputed } from './computed.ts'
import { buildFunctions, splitSetting } from './function.builder.ts'
import { groupBy } from './group-by.ts'
import type { Catalog, DatabaseFunction, DataType, ForeignKey, MediaHandler, Relation } from './model.ts'
import type { RawModel } from './raw-model.ts'
import { buildColumn, buildTypes } from './type.builder.ts'
import { ViewKeys } from './view-keys.ts'
import type { ViewColumns } from './view-lineage.ts'

/** What a version is built from. */
export interface CatalogSource {
  readonly raw: RawModel
  /** Column lineage of the exposed views and of those behind them, by oid. */
  readonly views: ReadonlyMap<number, ViewColumns>
  /** Of what was read: equal hashes are equal catalogs. */
  readonly hash: string
  readonly schemas: readonly string[]
  readonly extraSearchPath: readonly string[]
}

/** Builds one version of the catalog. */
export function buildCatalog({ raw, views, hash, schemas, extraSearchPath }: CatalogSource, version: number): Catalog {
  const types = buildTypes(raw.types ?? [])
  const rights = new Map((raw.roles ?? []).map((role) => [role.name, new RoleRights(role.super, role.holds)]))
  const columnsOf = groupBy(raw.columns ?? [], (column) => column.rel)
  const byOid = new Map<number, CatalogRelation>()
  for (const relation of raw.relations ?? []) {
    const columns = columnsOf.get(relation.oid) ?? []
    const built = columns.map((column) => buildColumn(column, types))
    const granted = columns.filter((column) => column.acl !== null)
    const grants = { columns: granted, table: relation.acl ?? [], usage: raw.schemas?.[relation.schema] ?? [] }
    byOid.set(relation.oid, new CatalogRelation(relation, built, grants, rights))
  }
  linkKeys(raw, byOid)
  const viewKeys = new ViewKeys(raw, views, byOid, (relation) => schemas.includes(relation.schema))
  if (views.size > 0) for (const relation of byOid.values()) relation.useViewKeys((each) => viewKeys.of(each))
  const rowTypes = new Map((raw.types ?? []).filter((type) => type.rel !== 0).map((type) => [type.oid, type.rel]))
  const relationOfType = (oid: number) => byOid.get(rowTypes.get(oid) ?? 0)
  const functions = buildFunctions(raw, types, relationOfType, columnsOf, rights)
  linkComputed(functions, relationOfType, extraSearchPath)
  const relations = new Map<string, Relation>()
  for (const relation of byOid.values()) relations.set(`${relation.schema}.${relation.name}`, relation)
  return {
    version,
    hash,
    schemas,
    schemaComments: new Map(Object.entries(raw.schema_comments ?? {})),
    relations,
    functions: callable(functions, schemas),
    types,
    roles: new Set(rights.keys()),
    roleSettings: roleSettingsOf(raw),
    mediaHandlers: mediaHandlersOf(raw, types, relationOfType),
    geoJsonSchema: raw.geojson_schema,
    readsRequestSettings: raw.request_settings,
    writesResponseSettings: raw.response_settings,
    findRelation: (schema, name) => relations.get(`${schema}.${name}`),
  }
}

/** Functions of the extra search path only compute over rows; nobody calls them over the API. */
function callable(functions: readonly DatabaseFunction[], schemas: readonly string[]): Map<string, DatabaseFunction[]> {
  return groupBy(
    functions.filter((fn) => schemas.includes(fn.schema)),
    (fn) => `${fn.schema}.${fn.name}`,
  )
}

function roleSettingsOf(raw: RawModel): Map<string, ReadonlyMap<string, string>> {
  return new Map((raw.role_settings ?? []).map(({ role, settings }) => [role, new Map(settings.map(splitSetting))]))
}

function mediaHandlersOf(
  raw: RawModel,
  types: ReadonlyMap<number, DataType>,
  relationOfType: (oid: number) => Relation | undefined,
): MediaHandler[] {
  return (raw.media_handlers ?? []).flatMap(({ type, schema, name, argument }) => {
    const relation = types.get(argument)?.name === 'anyelement' ? null : relationOfType(argument)
    return relation === undefined ? [] : [{ mediaType: type, schema, name, relation }]
  })
}

function linkKeys(raw: RawModel, byOid: ReadonlyMap<number, CatalogRelation>): void {
  const namesOf = (relation: CatalogRelation, positions: readonly number[]): string[] => {
    return positions.map((position) => relation.columns.find((column) => column.position === position)?.name ?? '')
  }
  for (const key of raw.keys ?? []) {
    const relation = byOid.get(key.rel)
    relation?.uniqueKeys.push({ name: key.name, primary: key.primary, columns: namesOf(relation, key.columns) })
  }
  for (const key of raw.foreign ?? []) {
    const [source, target] = [byOid.get(key.rel), byOid.get(key.target)]
    // Keys of tables behind views are there for the views.
    if (!key.own || source === undefined || target === undefined) continue
    const foreignKey: ForeignKey = {
      name: key.name,
      source,
      target,
      columns: namesOf(source, key.columns),
      targetColumns: namesOf(target, key.target_columns),
      comment: key.comment,
    }
    source.foreignKeys.push(foreignKey)
    target.referencedBy.push(foreignKey)
  }
}

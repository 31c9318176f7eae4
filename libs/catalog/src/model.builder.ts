// Turns the introspection's JSON into the immutable model: links oids to objects.
import { CatalogRelation, passesOn, RoleRights, TRAITS } from './catalog-relation.ts'
import { linkComputed } from './computed.ts'
import { buildFunctions, splitSetting } from './function.builder.ts'
import { groupBy } from './group-by.ts'
import { linkDeclaredKeys } from './declared-keys.ts'
import type { Catalog, DatabaseFunction, DataType, ForeignKey, MediaHandler, Relation } from './model.ts'
import type { RawGlobals } from './raw-model.ts'
import { namesAt, type RelationShape } from './relation-shape.ts'
import { withDefaultsBelow } from './view-defaults.ts'
import { ViewKeys } from './view-keys.ts'
import type { ViewColumns } from './view-lineage.ts'

/** What a version is built from. */
export interface CatalogSource {
  readonly globals: RawGlobals
  readonly types: ReadonlyMap<number, DataType>
  /** In order of schema and name. */
  readonly shapes: ReadonlyMap<number, RelationShape>
  /** By oid: bits of {@link TRAITS}. */
  readonly traits: ReadonlyMap<number, number>
  /** Column lineage of the exposed views and of those behind them, by oid. */
  readonly views: ReadonlyMap<number, ViewColumns>
  /** Values of enum tables by `schema.name`. */
  readonly enums: ReadonlyMap<string, ReadonlyMap<string, string | null>>
  /** Of what was read: equal hashes are equal catalogs. */
  readonly hash: string
  readonly schemas: readonly string[]
  readonly extraSearchPath: readonly string[]
}

/** Builds one version of the catalog. */
export function buildCatalog(source: CatalogSource, version: number): Catalog {
  const { globals: raw, types, shapes, schemas } = source
  const rights = new Map((raw.roles ?? []).map((role) => [role.name, new RoleRights(role.super, role.holds)]))
  const byOid = new Map<number, CatalogRelation>()
  const byRowType = new Map<number, CatalogRelation>()
  const traitsOf = (oid: number) => source.traits.get(oid) ?? 0
  const defaults = { shapes, views: source.views, passesOn: (view: number) => passesOn(traitsOf(view)) }
  for (const shape of shapes.values()) {
    const traits = traitsOf(shape.oid)
    if ((traits & TRAITS.listed) === 0) continue
    const relation = new CatalogRelation(withDefaultsBelow(shape, defaults), traits, raw.schemas?.[shape.schema] ?? [], rights)
    byOid.set(shape.oid, relation)
    byRowType.set(shape.rowTypes[0]!.oid, relation)
  }
  linkForeignKeys(
    [...shapes.values()].filter(({ oid }) => (traitsOf(oid) & TRAITS.own) !== 0),
    byOid,
  )
  linkViews(source, byOid)
  linkDeclaredKeys(byOid.values())
  const relationOfType = (oid: number) => byRowType.get(oid)
  const functions = buildFunctions(raw, types, relationOfType, rights)
  linkComputed(functions, relationOfType, source.extraSearchPath)
  const relations = new Map<string, Relation>()
  for (const relation of byOid.values()) relations.set(`${relation.schema}.${relation.name}`, relation)
  return {
    version,
    hash: source.hash,
    schemas,
    schemaComments: new Map(Object.entries(raw.schema_comments ?? {})),
    relations,
    enumValues: new Map([...source.enums].flatMap(([name, values]) => (relations.has(name) ? [[relations.get(name)!, values]] : []))),
    functions: callable(functions, schemas),
    types,
    roles: new Set(rights.keys()),
    roleSettings: roleSettingsOf(raw),
    mediaHandlers: mediaHandlersOf(raw, types, relationOfType),
    geoJsonSchema: raw.geojson_schema,
    readsRequestSettings: raw.request_settings || [...shapes.values()].some((shape) => shape.readsRequest),
    frozenSettingReaders: raw.frozen_setting_readers ?? [],
    writesResponseSettings: raw.response_settings || [...shapes.values()].some((shape) => shape.writesResponse),
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

function roleSettingsOf(raw: RawGlobals): Map<string, ReadonlyMap<string, string>> {
  return new Map((raw.role_settings ?? []).map(({ role, settings }) => [role, new Map(settings.map(splitSetting))]))
}

function mediaHandlersOf(
  raw: RawGlobals,
  types: ReadonlyMap<number, DataType>,
  relationOfType: (oid: number) => Relation | undefined,
): MediaHandler[] {
  return (raw.media_handlers ?? []).flatMap(({ type, schema, name, argument }) => {
    const relation = types.get(argument)?.name === 'anyelement' ? null : relationOfType(argument)
    return relation === undefined ? [] : [{ mediaType: type, schema, name, relation }]
  })
}

/** Keys of tables behind views are there for the views. */
function linkForeignKeys(own: readonly RelationShape[], byOid: ReadonlyMap<number, CatalogRelation>): void {
  for (const shape of own) {
    const source = byOid.get(shape.oid)
    if (source === undefined) continue
    for (const { raw, columns } of shape.foreign) {
      const target = byOid.get(raw.target)
      if (target === undefined) continue
      const targetColumns = namesAt(target.columns, raw.target_columns)
      const { name, comment, enforced } = raw
      const known = { name, source, target, columns, targetColumns, comment }
      const foreignKey: ForeignKey = enforced ? known : { ...known, enforced: false }
      source.foreignKeys.push(foreignKey)
      target.referencedBy.push(foreignKey)
    }
  }
}

function linkViews({ shapes, views, schemas }: CatalogSource, byOid: ReadonlyMap<number, CatalogRelation>): void {
  if (views.size === 0) return
  let keys: ViewKeys | undefined
  const isExposed = (relation: CatalogRelation) => schemas.includes(relation.schema)
  const viewKeysOf = (relation: CatalogRelation) => (keys ??= new ViewKeys(shapes, views, byOid, isExposed)).of(relation)
  for (const relation of byOid.values()) relation.useViewKeys(viewKeysOf)
}

// Turns the introspection's JSON into the immutable model: links oids to objects and answers privileges.
import type {
  Catalog,
  Column,
  ComputedColumn,
  ComputedRelationship,
  DatabaseFunction,
  DataType,
  ForeignKey,
  FunctionArgument,
  Key,
  Relation,
  RelationKind,
  RelationPrivileges,
} from './model.ts'
import type { Grant, RawColumn, RawFunction, RawModel, RawRelation, RawType } from './raw-model.ts'

const relationKinds: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned_table',
  v: 'view',
  m: 'materialized_view',
  f: 'foreign_table',
}
const typeKinds: Readonly<Record<string, DataType['kind']>> = {
  b: 'base',
  e: 'enum',
  d: 'domain',
  c: 'composite',
  r: 'range',
  m: 'multirange',
  p: 'pseudo',
}

/** Bits of pg_relation_is_updatable(). */
const CAN = { update: 4, insert: 8, delete: 16 }
const PUBLIC = 0
const PG_READ_ALL_DATA = 6181
const PG_WRITE_ALL_DATA = 6182

/** What a role holds: itself and every role whose rights it has, by oid. Superusers hold everything. */
class RoleRights {
  private readonly held: ReadonlySet<number>
  constructor(
    readonly everything: boolean,
    oids: readonly number[],
  ) {
    this.held = new Set([PUBLIC, ...oids])
  }

  holds(grantee: number): boolean {
    return this.everything || this.held.has(grantee)
  }
}

const NO_PRIVILEGES: RelationPrivileges = { select: new Set(), insert: new Set(), update: new Set(), delete: false }

class CatalogRelation implements Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly comment: string | null
  readonly columnsByName: ReadonlyMap<string, Column>
  readonly uniqueKeys: Key[] = []
  readonly foreignKeys: ForeignKey[] = []
  readonly referencedBy: ForeignKey[] = []
  readonly inheritedKeys: Key[] = []
  readonly viewForeignKeys: ForeignKey[] = []
  readonly viewReferencedBy: ForeignKey[] = []
  readonly computedColumns = new Map<string, ComputedColumn>()
  readonly computedRelationships: ComputedRelationship[] = []
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  readonly securityInvoker: boolean
  readonly insertable: boolean
  readonly updatable: boolean
  readonly deletable: boolean
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i'
  private readonly privileges = new Map<string, RelationPrivileges>()

  constructor(
    raw: RawRelation,
    readonly columns: readonly Column[],
    private readonly grants: {
      readonly columns: readonly RawColumn[]
      readonly table: readonly Grant[]
      readonly usage: readonly number[]
    },
    private readonly rights: ReadonlyMap<string, RoleRights>,
  ) {
    this.oid = raw.oid
    this.schema = raw.schema
    this.name = raw.name
    this.kind = relationKinds[raw.kind] ?? 'table'
    this.comment = raw.comment
    this.columnsByName = new Map(columns.map((column) => [column.name, column]))
    this.rowSecurity = { enabled: raw.rls, forced: raw.forced }
    this.securityInvoker = raw.invoker
    this.insertable = (raw.changes & CAN.insert) !== 0
    this.updatable = (raw.changes & CAN.update) !== 0
    this.deletable = (raw.changes & CAN.delete) !== 0
    this.replicaIdentity = raw.identity
  }

  get primaryKey(): Key | null {
    return this.uniqueKeys.find((key) => key.primary) ?? null
  }

  privilegesOf(role: string): RelationPrivileges {
    const known = this.privileges.get(role)
    if (known !== undefined) return known
    const rights = this.rights.get(role)
    // Unknown names are not remembered: they come from requests and could fill memory.
    if (rights === undefined) return NO_PRIVILEGES
    const computed = this.computePrivileges(rights)
    this.privileges.set(role, computed)
    return computed
  }

  private computePrivileges(rights: RoleRights): RelationPrivileges {
    const reads = rights.holds(PG_READ_ALL_DATA)
    const writes = rights.holds(PG_WRITE_ALL_DATA)
    if (!reads && !writes && !this.grants.usage.some((grantee) => rights.holds(grantee))) return NO_PRIVILEGES
    const table = new Set(this.grants.table.filter(([grantee]) => rights.holds(grantee)).map(([, privilege]) => privilege))
    const columnsWith = (privilege: string, all: boolean): ReadonlySet<string> => {
      if (all || rights.everything || table.has(privilege)) return new Set(this.columns.map((column) => column.name))
      return new Set(
        this.grants.columns
          .filter((column) => column.acl?.some(([grantee, granted]) => granted === privilege && rights.holds(grantee)) === true)
          .map((column) => column.name),
      )
    }
    return {
      select: columnsWith('SELECT', reads),
      insert: columnsWith('INSERT', writes),
      update: columnsWith('UPDATE', writes),
      delete: rights.everything || writes || table.has('DELETE'),
    }
  }
}

/** Builds one version of the catalog. `hash` is that of the JSON it was read from. */
export function buildCatalog(raw: RawModel, version: number, hash: string, schemas: readonly string[]): Catalog {
  const types = buildTypes(raw.types ?? [])
  const rights = new Map((raw.roles ?? []).map((role) => [role.name, new RoleRights(role.super, role.holds)]))
  const columnsOf = groupBy(raw.columns ?? [], (column) => column.rel)
  const byOid = new Map<number, CatalogRelation>()
  for (const relation of raw.relations ?? []) {
    const columns = columnsOf.get(relation.oid) ?? []
    const grants = { columns, table: relation.acl ?? [], usage: raw.schemas?.[relation.schema] ?? [] }
    byOid.set(
      relation.oid,
      new CatalogRelation(
        relation,
        columns.map((column) => buildColumn(column, types)),
        grants,
        rights,
      ),
    )
  }
  linkKeys(raw, byOid)
  const relations = new Map<string, Relation>()
  for (const relation of byOid.values()) relations.set(`${relation.schema}.${relation.name}`, relation)
  const functions = groupBy(buildFunctions(raw, types, byOid, columnsOf, rights), (fn) => `${fn.schema}.${fn.name}`)
  return {
    version,
    hash,
    schemas,
    schemaComments: new Map(Object.entries(raw.schema_comments ?? {})),
    relations,
    functions,
    types,
    roles: new Set(rights.keys()),
    roleSettings: new Map(),
    mediaHandlers: [],
    geoJsonSchema: null,
    readsRequestSettings: raw.request_settings,
    findRelation: (schema, name) => relations.get(`${schema}.${name}`),
  }
}

function buildTypes(raws: readonly RawType[]): Map<number, DataType> {
  const byOid = new Map(raws.map((raw) => [raw.oid, raw]))
  const types = new Map<number, DataType>()
  const build = (raw: RawType): DataType => {
    const known = types.get(raw.oid)
    if (known !== undefined) return known
    const element = raw.element === null ? undefined : byOid.get(raw.element)
    const type: DataType = {
      oid: raw.oid,
      schema: raw.schema,
      name: raw.name,
      formatted: raw.formatted,
      kind: raw.type === 'b' && raw.element !== null ? 'array' : (typeKinds[raw.type] ?? 'base'),
      category: raw.category,
      base: element === undefined ? undefined : build(element),
      enumLabels: raw.labels ?? undefined,
    }
    types.set(raw.oid, type)
    return type
  }
  for (const raw of raws) build(raw)
  return types
}

function typeByOid(types: ReadonlyMap<number, DataType>, oid: number): DataType {
  return types.get(oid) ?? { oid, schema: 'pg_catalog', name: 'unknown', formatted: 'unknown', kind: 'pseudo', category: 'X' }
}

function buildColumn(raw: RawColumn, types: ReadonlyMap<number, DataType>): Column {
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
    if (source === undefined || target === undefined) continue
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

function buildFunctions(
  raw: RawModel,
  types: ReadonlyMap<number, DataType>,
  relations: ReadonlyMap<number, CatalogRelation>,
  columnsOf: ReadonlyMap<number, readonly RawColumn[]>,
  rights: ReadonlyMap<string, RoleRights>,
): DatabaseFunction[] {
  const relationOfType = new Map((raw.types ?? []).filter((type) => type.rel !== 0).map((type) => [type.oid, type.rel]))
  const shapeOfType = new Map((raw.shapes ?? []).map((shape) => [shape.type, shape.oid]))
  return (raw.functions ?? []).map((fn) => {
    const inputs: FunctionArgument[] = []
    const outputs: { name: string; type: DataType }[] = []
    fn.types.forEach((oid, i) => {
      const mode = fn.modes?.[i] ?? 'i'
      const argument = { name: fn.names?.[i] ?? '', type: typeByOid(types, oid) }
      if (mode === 'i' || mode === 'b' || mode === 'v')
        inputs.push({ ...argument, mode: mode === 'b' ? 'inout' : mode === 'v' ? 'variadic' : 'in', hasDefault: false })
      if (mode === 'o' || mode === 'b' || mode === 't') outputs.push(argument)
    })
    const firstDefault = inputs.length - fn.defaults
    const returnRelation = relations.get(relationOfType.get(fn.returns) ?? 0) ?? null
    const shape = columnsOf.get(shapeOfType.get(fn.returns) ?? 0)
    const returnColumns =
      outputs.length > 0 ? outputs : (shape?.map((column) => ({ name: column.name, type: typeByOid(types, column.type) })) ?? null)
    return {
      oid: fn.oid,
      schema: fn.schema,
      name: fn.name,
      comment: fn.comment,
      arguments: inputs.map((input, i) => ({ ...input, hasDefault: i >= firstDefault })),
      volatility: fn.volatility === 'i' ? 'immutable' : fn.volatility === 's' ? 'stable' : 'volatile',
      returnsSet: fn.set,
      returnType: typeByOid(types, fn.returns),
      returnRelation,
      returnColumns,
      resultRelation: returnRelation ?? (returnColumns === null ? null : virtualRelation(fn, returnColumns)),
      securityDefiner: fn.definer,
      rowsEstimate: 0,
      settings: new Map(),
      isExecutableBy: (role) => {
        const held = rights.get(role)
        const usage = raw.schemas?.[fn.schema] ?? []
        return held !== undefined && usage.some((grantee) => held.holds(grantee)) && (fn.acl ?? []).some((grantee) => held.holds(grantee))
      },
    }
  })
}

const bareColumn = {
  rel: 0,
  notnull: false,
  identity: '',
  generated: '',
  default: null,
  hasdefault: false,
  sequence: null,
  comment: null,
  acl: null,
}
const bareView = { oid: 0, kind: 'v', rls: false, forced: false, identity: 'n', changes: 0, acl: null } as const

/** A relation that stands for a function's own row shape: columns without keys, privileges or relationships. */
function virtualRelation(fn: RawFunction, columns: readonly { name: string; type: DataType }[]): Relation {
  const built = columns.map(({ name, type }, i): RawColumn & { dataType: DataType } => ({
    ...bareColumn,
    pos: i + 1,
    name,
    type: type.oid,
    dataType: type,
  }))
  const raw: RawRelation = { ...bareView, schema: fn.schema, name: fn.name, comment: fn.comment, invoker: !fn.definer }
  const types = new Map(built.map((column) => [column.type, column.dataType]))
  return new CatalogRelation(
    raw,
    built.map((column) => buildColumn(column, types)),
    { columns: [], table: [], usage: [] },
    new Map(),
  )
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

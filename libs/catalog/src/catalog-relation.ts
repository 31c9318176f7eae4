// One relation of the model, and which privileges a role has on it.
import type {
  Column,
  ComputedColumn,
  ComputedRelationship,
  DeclaredKeys,
  ForeignKey,
  Key,
  Relation,
  RelationKind,
  RelationPrivileges,
} from './model.ts'
import type { Grant } from './raw-model.ts'
import type { RelationShape } from './relation-shape.ts'

const relationKinds: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned_table',
  v: 'view',
  m: 'materialized_view',
  f: 'foreign_table',
}
/**
 * What a relation is by others than itself: bits of pg_relation_is_updatable(); `passOn`: a view whose rows Postgres itself
 * inserts into the relation below; `listed`: part of the model, else it only stands behind a view; `own`: of an exposed
 * schema and no partition, so that its foreign keys count.
 */
export const TRAITS = { update: 4, insert: 8, delete: 16, passOn: 32, listed: 64, own: 128 } as const
const PUBLIC = 0
const PG_READ_ALL_DATA = 6181
const PG_WRITE_ALL_DATA = 6182

/** What a role holds: itself and every role whose rights it has, by oid. Superusers hold everything. */
export class RoleRights {
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

/** Are rows that are inserted there inserted into the relation below by Postgres itself? */
export function passesOn(traits: number): boolean {
  return (traits & TRAITS.insert) !== 0 && (traits & TRAITS.passOn) !== 0
}

/** What a relation gets from views' column lineage. */
export interface RelationViewKeys {
  readonly inheritedKeys: readonly Key[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly referencedBy: readonly ForeignKey[]
}

const NO_VIEW_KEYS: RelationViewKeys = { inheritedKeys: [], foreignKeys: [], referencedBy: [] }

/** A relation of one catalog version, linked by the builders. */
export class CatalogRelation implements Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly comment: string | null
  readonly columns: readonly Column[]
  readonly columnsByName: ReadonlyMap<string, Column>
  readonly uniqueKeys: readonly Key[]
  readonly foreignKeys: ForeignKey[] = []
  readonly referencedBy: ForeignKey[] = []
  declared?: DeclaredKeys
  readonly computedColumns = new Map<string, ComputedColumn>()
  readonly computedRelationships: ComputedRelationship[] = []
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean }
  readonly securityInvoker: boolean
  readonly insertable: boolean
  readonly updatable: boolean
  readonly deletable: boolean
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i'
  private readonly grants: { readonly table: readonly Grant[]; readonly columns: RelationShape['columnGrants'] }
  private readonly privileges = new Map<string, RelationPrivileges>()
  private readonly nameSets = new Map<string, ReadonlySet<string>>()
  private viewKeysOf: ((relation: CatalogRelation) => RelationViewKeys) | undefined
  private knownViewKeys: RelationViewKeys | undefined

  /** `traits` are bits of {@link TRAITS}, `usage` who has USAGE on the schema. */
  constructor(
    shape: RelationShape,
    traits: number,
    private readonly usage: readonly number[],
    private readonly rights: ReadonlyMap<string, RoleRights>,
  ) {
    this.oid = shape.oid
    this.schema = shape.schema
    this.name = shape.name
    this.kind = relationKinds[shape.kind] ?? 'table'
    this.comment = shape.comment
    this.columns = shape.columns
    this.columnsByName = shape.columnsByName
    this.uniqueKeys = shape.uniqueKeys
    this.rowSecurity = shape.rowSecurity
    this.securityInvoker = shape.securityInvoker
    this.insertable = (traits & TRAITS.insert) !== 0
    this.updatable = (traits & TRAITS.update) !== 0
    this.deletable = (traits & TRAITS.delete) !== 0
    this.replicaIdentity = shape.replicaIdentity
    this.grants = { table: shape.tableGrants, columns: shape.columnGrants }
  }

  get primaryKey(): Key | null {
    return this.uniqueKeys.find((key) => key.primary) ?? null
  }

  get inheritedKeys(): readonly Key[] {
    return this.viewKeys().inheritedKeys
  }

  get viewForeignKeys(): readonly ForeignKey[] {
    return this.viewKeys().foreignKeys
  }

  get viewReferencedBy(): readonly ForeignKey[] {
    return this.viewKeys().referencedBy
  }

  /** Where the keys of views come from. They are worked out when first asked for: views over the same tables have many. */
  useViewKeys(viewKeysOf: (relation: CatalogRelation) => RelationViewKeys): void {
    this.viewKeysOf = viewKeysOf
  }

  private viewKeys(): RelationViewKeys {
    return (this.knownViewKeys ??= this.viewKeysOf?.(this) ?? NO_VIEW_KEYS)
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

  /** Roles of equal rights share their sets. */
  private namesOf(names: readonly string[]): ReadonlySet<string> {
    const key = names.join('\0')
    let known = this.nameSets.get(key)
    if (known === undefined) {
      known = new Set(names)
      this.nameSets.set(key, known)
    }
    return known
  }

  private computePrivileges(rights: RoleRights): RelationPrivileges {
    const reads = rights.holds(PG_READ_ALL_DATA)
    const writes = rights.holds(PG_WRITE_ALL_DATA)
    if (!reads && !writes && !this.usage.some((grantee) => rights.holds(grantee))) return NO_PRIVILEGES
    const table = new Set(this.grants.table.filter(([grantee]) => rights.holds(grantee)).map(([, privilege]) => privilege))
    const columnsWith = (privilege: string, all: boolean): ReadonlySet<string> => {
      if (all || rights.everything || table.has(privilege)) return this.namesOf(this.columns.map((column) => column.name))
      return this.namesOf(
        this.grants.columns
          .filter((column) => column.acl.some(([grantee, granted]) => granted === privilege && rights.holds(grantee)))
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

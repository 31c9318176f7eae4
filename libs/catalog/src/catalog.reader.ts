// Reads the catalog, and of relations only those that have changed since the last time: versions share the rest.
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { PlatformDatabase, PlatformQueries } from '#libs/postgres'
import { enumRowsMoved, type EnumTables, type EnumValues, readEnumTables } from './enum-tables.ts'
import { GLOBALS, RELATIONS, STAMPS, VIEW_RULES } from './introspection.sql.ts'
import { BASELINE, LOOK, onlyRelationsMoved, SNAPSHOT } from './look.sql.ts'
import { buildCatalog } from './model.builder.ts'
import type { Catalog, DataType } from './model.ts'
import type { Grant, RawGlobals, RawRelation, RawType } from './raw-model.ts'
import { buildShape, type RelationShape } from './relation-shape.ts'
import { buildRowTypes, buildTypes } from './type.builder.ts'
import { readViewColumns, type ViewColumns } from './view-lineage.ts'

/** What is read, and for whom. */
export interface CatalogScope {
  readonly schemas: readonly string[]
  readonly extraSearchPath: readonly string[]
  readonly logins: readonly string[]
}

type Stamp = readonly [oid: number, stamp: string, traits: number]

interface ViewRule {
  readonly view: number
  readonly stamp: string
  readonly rule: string | null
}

/** What one load got from the database. */
interface Answers {
  readonly baseline: string
  readonly fingerprint: string
  readonly globals: string
  readonly stamps: readonly Stamp[]
  readonly composites: string
  readonly relations: readonly string[]
  /** Lists of grants that the relations have numbers of. */
  readonly acls: string
  readonly rules: readonly ViewRule[]
  /** False when only changed relations were read. */
  readonly whole: boolean
}

/** Relations that are parsed before other work gets its turn: some milliseconds. */
const CHUNK = 100

/** So many loads count from the same baseline. */
const BASELINE_LOADS = 50

/** Lists of grants that are remembered by their text. */
const GRANT_LISTS_MAX = 20_000

/** Loads versions of the catalog, and looks whether there is a newer one. */
export class CatalogReader {
  private baseline = '3'
  private fingerprint: string | null = null
  private snapshot: string | null = null
  /** What the last look found, when a load is to follow. */
  private seen: string | null = null
  private loads = 0
  private turn: Promise<unknown> = Promise.resolve()
  /** Stamps count transactions from here. */
  private reference: string | undefined
  private composites = ''
  private globalsText = ''
  private typesText = ''
  private stamps: ReadonlyMap<number, string> = new Map()
  private shapes: ReadonlyMap<number, RelationShape> = new Map()
  private readonly grants = new Map<string, readonly Grant[]>()
  /** By stamp. */
  private views: ReadonlyMap<string, ViewColumns> = new Map()
  private catalog: Catalog | undefined
  private enums: EnumTables = { values: new Map(), look: undefined, state: '' }

  constructor(
    private readonly database: PlatformDatabase,
    private readonly scope: CatalogScope,
  ) {}

  /** Has anything been committed since the last load that the catalog is made of? */
  look(): Promise<boolean> {
    return this.inTurn(() => this.compare())
  }

  /**
   * Reads what has changed. The same catalog again when nothing has. `afterLook`: the last look asked for this; what was
   * committed after it may wait for the next one.
   */
  load(afterLook: boolean): Promise<Catalog> {
    return this.inTurn(() => this.read(afterLook))
  }

  /** Looks and loads share what they know, so they never overlap. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work)
    this.turn = result.catch(() => undefined)
    return result
  }

  private async compare(): Promise<boolean> {
    if (this.fingerprint === null) return true
    const [now] = await this.database.query<{ snapshot: string }>(SNAPSHOT)
    if (now!.snapshot === this.snapshot) return false
    const [found] = await this.database.query<{ snapshot: string; fingerprint: string }>(LOOK, [this.baseline])
    const moved = found!.fingerprint !== this.fingerprint || (await enumRowsMoved(this.database, this.enums))
    this.seen = moved === true ? found!.fingerprint : null
    // A load that fails has to be tried again.
    if (moved === false) this.snapshot = found!.snapshot
    return moved === true
  }

  private async read(afterLook: boolean): Promise<Catalog> {
    if (!afterLook) this.seen = null
    const answers = await this.database.transaction((tx) => this.ask(tx))
    const enums = await readEnumTables(this.database, this.scope.schemas, this.enums)
    const hash = hashOf(answers, enums.values)
    if (this.catalog?.hash !== hash) this.catalog = await this.build(answers, enums.values, hash)
    this.enums = enums
    this.stamps = new Map(answers.stamps.map(([oid, stamp]) => [oid, stamp]))
    this.composites = answers.composites
    this.baseline = answers.baseline
    this.fingerprint = answers.fingerprint
    this.seen = null
    this.snapshot = null
    return this.catalog
  }

  private async ask(tx: PlatformQueries): Promise<Answers> {
    const { schemas, logins, extraSearchPath } = this.scope
    await tx.query('set transaction isolation level repeatable read, read only')
    await tx.query(`set local search_path = ''`)
    const { baseline, fingerprint } = await this.mark(tx)
    this.reference ??= baseline
    const found = (await tx.query<{ stamps: string | null; composites: string }>(STAMPS, [schemas, this.reference]))[0]!
    const stamps = JSON.parse(found.stamps ?? '[]') as Stamp[]
    const globals = this.keepsGlobals(fingerprint, stamps, found.composites)
      ? this.globalsText
      : (await tx.query<{ globals: string }>(GLOBALS, [schemas, logins, extraSearchPath]))[0]!.globals
    const whole = this.catalog === undefined || (globals !== this.globalsText && !this.keepsTypes(globals))
    const changed = stamps.filter(([oid, stamp]) => this.stamps.get(oid) !== stamp).map(([oid]) => oid)
    const wanted = whole || changed.length > stamps.length / 2 ? null : changed
    const rows = wanted?.length === 0 ? [] : await tx.query<{ relation: string | null; acls: string | null }>(RELATIONS, [schemas, wanted])
    const relations = rows.flatMap(({ relation }) => relation ?? [])
    const acls = rows.find((row) => row.acls !== null)?.acls ?? '[]'
    const rules = await tx.query<ViewRule>(VIEW_RULES, [schemas, [...this.views.keys()]])
    return { baseline, fingerprint, globals, stamps, composites: found.composites, relations, acls, rules, whole: wanted === null }
  }

  /**
   * What the next looks compare with. A look that asked for this load has already counted: whatever is committed in
   * between moves the next one. The baseline moves now and then, so that few rows are younger.
   */
  private async mark(tx: PlatformQueries): Promise<{ baseline: string; fingerprint: string }> {
    if (this.seen !== null && ++this.loads % BASELINE_LOADS !== 0) return { baseline: this.baseline, fingerprint: this.seen }
    const { baseline } = (await tx.query<{ baseline: string }>(BASELINE))[0]!
    const { fingerprint } = (await tx.query<{ fingerprint: string }>(LOOK, [baseline]))[0]!
    return { baseline, fingerprint }
  }

  /** Most DDL changes relations that were there before, and nothing else. */
  private keepsGlobals(fingerprint: string, stamps: readonly Stamp[], composites: string): boolean {
    // Without a look before, the baseline may be another one.
    if (this.fingerprint === null || fingerprint !== this.seen || composites !== this.composites) return false
    return onlyRelationsMoved(this.fingerprint, fingerprint) && stamps.every(([oid]) => this.stamps.has(oid))
  }

  /** Columns hold their types: when a type that was there is another one now, every relation is read again. */
  private keepsTypes(globals: string): boolean {
    const types = typesOf(globals)
    if (types === this.typesText) return true
    const before = new Map((JSON.parse(this.typesText) as RawType[]).map((type) => [type.oid, JSON.stringify(type)]))
    return (JSON.parse(types) as RawType[]).every((type) => (before.get(type.oid) ?? JSON.stringify(type)) === JSON.stringify(type))
  }

  private async build(answers: Answers, enums: ReadonlyMap<string, EnumValues>, hash: string): Promise<Catalog> {
    const globals = JSON.parse(answers.globals) as RawGlobals
    const raws = new Map<number, RawRelation>()
    for (const [i, relation] of answers.relations.entries()) {
      if (i % CHUNK === CHUNK - 1) await breathe()
      const raw = JSON.parse(relation) as RawRelation
      raws.set(raw.oid, raw)
    }
    const rowTypes = new Map<number, readonly DataType[]>()
    for (const [oid] of answers.stamps) {
      const raw = raws.get(oid)
      if (raw !== undefined) rowTypes.set(oid, buildRowTypes(raw))
      else if (this.shapes.has(oid)) rowTypes.set(oid, this.shapes.get(oid)!.rowTypes)
    }
    const types = buildTypes(globals.types ?? [], [...rowTypes.values()].flat())
    const grants = this.readGrants(answers.acls)
    const shapes = new Map<number, RelationShape>()
    for (const [i, [oid]] of answers.stamps.entries()) {
      if (raws.size > CHUNK && i % CHUNK === CHUNK - 1) await breathe()
      const raw = raws.get(oid)
      const shape = raw === undefined ? this.shapes.get(oid) : buildShape(raw, types, grants, rowTypes.get(oid))
      if (shape !== undefined) shapes.set(oid, shape)
    }
    const views = this.readViews(answers.rules)
    await breathe()
    const traits = new Map(answers.stamps.map(([oid, , bits]) => [oid, bits]))
    const { schemas, extraSearchPath } = this.scope
    const source = { globals, types, shapes, traits, views, enums, hash, schemas, extraSearchPath }
    const catalog = buildCatalog(source, (this.catalog?.version ?? 0) + 1)
    this.shapes = shapes
    this.globalsText = answers.globals
    this.typesText = typesOf(answers.globals)
    return catalog
  }

  /** Equal lists are one list, in this load and with those before: 50 roles on 10,000 tables have few different ones. */
  private readGrants(acls: string): Map<number, readonly Grant[]> {
    if (this.grants.size > GRANT_LISTS_MAX) this.grants.clear()
    const read = JSON.parse(acls) as (readonly [number, readonly Grant[]])[]
    return new Map(
      read.map(([id, list]) => {
        const text = JSON.stringify(list)
        const known = this.grants.get(text) ?? list
        this.grants.set(text, known)
        return [id, known] as const
      }),
    )
  }

  /** Rules are long, so each is sent and read once. */
  private readViews(rules: readonly ViewRule[]): Map<number, ViewColumns> {
    this.views = new Map(rules.map(({ stamp, rule }) => [stamp, rule === null ? this.views.get(stamp)! : readViewColumns(rule)]))
    return new Map(rules.map(({ view, stamp }) => [view, this.views.get(stamp)!]))
  }
}

function hashOf({ globals, stamps, rules }: Answers, enums: ReadonlyMap<string, EnumValues>): string {
  const hash = createHash('sha256').update(globals).update(JSON.stringify(stamps))
  for (const { stamp } of rules) hash.update(stamp)
  for (const [name, values] of enums) hash.update(JSON.stringify([name, ...values]))
  return hash.digest('base64url')
}

const TYPES_KEY = '"types" : '

/** The last part of the globals. */
function typesOf(globals: string): string {
  return globals.slice(globals.lastIndexOf(TYPES_KEY) + TYPES_KEY.length, -1)
}

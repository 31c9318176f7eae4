// Keys that views inherit from the tables whose columns they show. A key counts for a view when all of its columns are
// shown; a column shown twice gives one key for each way to choose. Constraints keep the name of the real one.
import type { CatalogRelation, RelationViewKeys } from './catalog-relation.ts'
import { groupBy } from './group-by.ts'
import type { ForeignKey, Key } from './model.ts'
import type { RawForeignKey, RawKey } from './raw-model.ts'
import { namesAt, type RelationShape } from './relation-shape.ts'
import { baseColumnsOf, type ViewColumns } from './view-lineage.ts'

/** A view that shows a table's column many times would else have a key for every combination. */
const CHOICES_MAX = 16

/** One way in which a relation shows all columns of one side of a foreign key. */
interface Side {
  readonly relation: CatalogRelation
  readonly columns: readonly string[]
}

/** By base table, by its attnum: the view's columns that show it. */
type ShownColumns = ReadonlyMap<number, ReadonlyMap<number, readonly string[]>>

/** Answers {@link RelationViewKeys} of any relation of one catalog version, working out only what is asked for. */
export class ViewKeys {
  private readonly shown = new Map<number, ShownColumns>()
  private readonly viewsOfBase = new Map<number, CatalogRelation[]>()
  private readonly keysOfBase: ReadonlyMap<number, readonly RawKey[]>
  private readonly foreignOfSource: ReadonlyMap<number, readonly RawForeignKey[]>
  private readonly foreignOfTarget: ReadonlyMap<number, readonly RawForeignKey[]>
  /** A key has two ends, and both have to hold the same object. */
  private readonly known = new Map<string, ForeignKey>()

  constructor(
    shapes: ReadonlyMap<number, RelationShape>,
    views: ReadonlyMap<number, ViewColumns>,
    private readonly relations: ReadonlyMap<number, CatalogRelation>,
    private readonly isExposed: (relation: CatalogRelation) => boolean,
  ) {
    this.keysOfBase = new Map([...shapes].map(([oid, shape]) => [oid, shape.rawKeys]))
    const foreign = [...shapes.values()].flatMap((shape) => shape.foreign.map(({ raw }) => raw))
    this.foreignOfSource = groupBy(foreign, (key) => key.rel)
    this.foreignOfTarget = groupBy(foreign, (key) => key.target)
    for (const oid of views.keys()) {
      const view = relations.get(oid)
      if (view === undefined || !isExposed(view)) continue
      const shown = shownBy(view, views)
      this.shown.set(oid, shown)
      for (const base of shown.keys()) this.viewsOfBase.set(base, [...(this.viewsOfBase.get(base) ?? []), view])
    }
  }

  of(relation: CatalogRelation): RelationViewKeys {
    const shown = this.shown.get(relation.oid)
    const bases = shown === undefined ? [relation.oid] : [...shown.keys()]
    const unique = (keys: readonly ForeignKey[]) => [...new Set(keys)]
    return {
      inheritedKeys: shown === undefined ? [] : this.inheritedBy(shown),
      foreignKeys: unique(
        bases.flatMap((base) =>
          (this.foreignOfSource.get(base) ?? []).flatMap((raw) => this.build(raw, this.sides(relation, raw, 'source'), undefined)),
        ),
      ),
      referencedBy: unique(
        bases.flatMap((base) =>
          (this.foreignOfTarget.get(base) ?? []).flatMap((raw) => this.build(raw, undefined, this.sides(relation, raw, 'target'))),
        ),
      ),
    }
  }

  private inheritedBy(shown: ShownColumns): Key[] {
    const keys: Key[] = []
    for (const [base, columns] of shown) {
      for (const { name, primary, columns: positions } of this.keysOfBase.get(base) ?? []) {
        // Only the first choice names rows; the others are the same columns again.
        choices(positions, columns).forEach((names, i) => keys.push({ name, columns: names, primary: primary && i === 0 }))
      }
    }
    return keys
  }

  /** All keys from these sources (default: every relation that shows them) to these targets, without the real one. */
  private build(raw: RawForeignKey, sources: readonly Side[] | undefined, targets: readonly Side[] | undefined): ForeignKey[] {
    const keys: ForeignKey[] = []
    for (const source of sources ?? this.allSides(raw, 'source')) {
      for (const target of targets ?? this.allSides(raw, 'target')) {
        if (source.relation.oid === raw.rel && target.relation.oid === raw.target) continue
        const id = [raw.oid, source.relation.oid, target.relation.oid, ...source.columns, ...target.columns].join('\0')
        const key = this.known.get(id) ?? {
          name: raw.name,
          source: source.relation,
          columns: source.columns,
          target: target.relation,
          targetColumns: target.columns,
          comment: raw.comment,
        }
        this.known.set(id, key)
        keys.push(key)
      }
    }
    return keys
  }

  private allSides(raw: RawForeignKey, end: 'source' | 'target'): Side[] {
    const base = end === 'source' ? raw.rel : raw.target
    const table = this.relations.get(base)
    return [...(table === undefined ? [] : [table]), ...(this.viewsOfBase.get(base) ?? [])].flatMap((relation) =>
      this.sides(relation, raw, end),
    )
  }

  private sides(relation: CatalogRelation, raw: RawForeignKey, end: 'source' | 'target'): Side[] {
    const [base, positions] = end === 'source' ? [raw.rel, raw.columns] : [raw.target, raw.target_columns]
    if (!this.isExposed(relation)) return []
    if (relation.oid === base) return [{ relation, columns: namesAt(relation.columns, positions) }]
    const shown = this.shown.get(relation.oid)?.get(base)
    return shown === undefined ? [] : choices(positions, shown).map((columns) => ({ relation, columns }))
  }
}

function shownBy(view: CatalogRelation, views: ReadonlyMap<number, ViewColumns>): ShownColumns {
  const shown = new Map<number, Map<number, string[]>>()
  for (const [position, { relation, column }] of baseColumnsOf(view.oid, views)) {
    const columns = shown.get(relation) ?? new Map<number, string[]>()
    shown.set(relation, columns.set(column, [...(columns.get(column) ?? []), ...namesAt(view.columns, [position])]))
  }
  return shown
}

/** Every way to name these positions; none when one of them is not shown. */
function choices(positions: readonly number[], shown: ReadonlyMap<number, readonly string[]>): string[][] {
  let all: string[][] = [[]]
  for (const position of positions) {
    const names = shown.get(position) ?? []
    all = all.flatMap((chosen) => names.map((name) => [...chosen, name])).slice(0, CHOICES_MAX)
  }
  return all
}

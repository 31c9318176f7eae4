// A cached plan with another request's values must be the plan which that request would have got by itself. Random
// queries over two tables, each written twice with other values and other escapes.
import { describe, expect, it } from 'vitest'
import type { Catalog, Column, DataType, ForeignKey, Relation } from '#libs/catalog'
import { compile } from '#libs/query'
import { AppError } from '#libs/kernel'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf, shapeOf } from '../parse/shape.ts'
import { valuesOf } from '../serve/rest-plan.ts'
import { resolveRead } from './levels.ts'

const ROUNDS = 4_000
const text: DataType = { oid: 25, schema: 'pg_catalog', name: 'text', formatted: 'text', kind: 'base', category: 'S' }

function relationNamed(name: string, columns: readonly string[]) {
  const own = columns.map((column, i): Column => {
    return {
      name: column,
      position: i,
      type: text,
      nullable: true,
      hasDefault: false,
      generated: 'no',
      defaultExpression: null,
      comment: null,
    }
  })
  const key = { name: `${name}_pkey`, columns: ['id'], primary: true }
  return {
    oid: 1,
    schema: 'public',
    name,
    kind: 'table',
    comment: null,
    columns: own,
    columnsByName: new Map(own.map((column) => [column.name, column])),
    primaryKey: key,
    uniqueKeys: [key],
    foreignKeys: [] as ForeignKey[],
    referencedBy: [] as ForeignKey[],
    inheritedKeys: [],
    viewForeignKeys: [],
    viewReferencedBy: [],
    computedColumns: new Map(),
    computedRelationships: [],
    rowSecurity: { enabled: false, forced: false },
    securityInvoker: true,
    insertable: true,
    updatable: true,
    deletable: true,
    replicaIdentity: 'd',
    privilegesOf: () => ({ select: new Set<string>(), insert: new Set<string>(), update: new Set<string>(), delete: false }),
  } satisfies Relation
}

const parents = relationNamed('parents', ['id', 'a', 'b', 'x y', 'limit'])
const children = relationNamed('children', ['id', 'parent_id', 'c'])
const foreignKey: ForeignKey = {
  name: 'children_parent_id_fkey',
  source: children,
  target: parents,
  columns: ['parent_id'],
  targetColumns: ['id'],
  comment: null,
}
children.foreignKeys.push(foreignKey)
parents.referencedBy.push(foreignKey)
const relations = new Map<string, Relation>([parents, children].map((relation) => [`public.${relation.name}`, relation]))
const catalog = { schemas: ['public'], relations, types: new Map() } as unknown as Catalog

/** Writes random queries: `structure` decides everything but values, `detail` decides values and escapes. */
class Writer {
  constructor(
    private readonly structure: Random,
    private readonly detail: Random,
  ) {}

  query(): string {
    return Array.from({ length: 1 + this.below(4) }, () => this.parameter()).join('&')
  }

  private parameter(): string {
    const kind = this.below(10)
    if (kind < 4) return `${this.column()}=${this.not()}${this.condition(false)}`
    if (kind < 7) return `${this.of(['', 'not.', 'children.'])}${this.of(['and', 'or'])}=${this.escaped(this.tree(2))}`
    if (kind === 7) return `${this.of(['', 'children.'])}offset=${this.detail.below(50)}`
    if (kind === 8) return `${this.of(['', 'children.'])}limit=${this.below(3) + 1}`
    return this.of(['order=a.desc,children(c)', 'order=b', 'children.order=c', 'select=a,children(c)', 'children.c=eq.1', 'id=is.null'])
  }

  private column(): string {
    return this.of(['id', 'a', '%22x+y%22', 'x%20y', 'a->>k', 'a-%3E%3Ek', '"limit"', 'children.c'])
  }

  private not(): string {
    return this.of(['', '', 'not.'])
  }

  private condition(inTree: boolean): string {
    const operator = this.of(['eq', 'neq', 'like', 'ilike(any)', 'fts(english)', 'in', 'is', 'cs', 'isdistinct', 'gte(all)'])
    if (operator === 'is') return `is.${this.of(['null', 'true', 'NOT_NULL'])}`
    const value = operator === 'in' ? this.list() : inTree ? this.treeValue() : this.value()
    const written = operator.includes('(') && !inTree && this.detail.chance(50) ? encodeURIComponent(operator) : operator
    return `${written}.${inTree ? value : this.escaped(value)}`
  }

  private tree(depth: number): string {
    const items = Array.from({ length: 1 + this.below(3) }, () => {
      if (depth > 0 && this.structure.chance(30)) return `${this.not()}${this.of(['and', 'or'])}${this.tree(depth - 1)}`
      return `${this.of(['id', 'a', '"x y"', 'a->>k'])}.${this.not()}${this.condition(true)}`
    })
    return `(${items.join(',')})`
  }

  private list(): string {
    const items = Array.from({ length: this.detail.below(4) }, () => this.treeValue())
    return this.detail.chance(5) ? '(1' : `(${items.join(',')})`
  }

  /** Mostly such as a tree may hold; sometimes text that breaks it. */
  private treeValue(): string {
    const kind = this.detail.below(100)
    if (kind < 50) return JSON.stringify(this.value()).replaceAll('\\n', 'n')
    return kind < 60 ? `{${this.word()},${this.word()}}` : kind < 97 ? this.word() : this.value()
  }

  private word(): string {
    return Array.from({ length: this.detail.below(5) }, () => 'abc019 *.%é'[this.detail.below(11)]).join('')
  }

  private value(): string {
    const alphabet = [...Array.from('ab01,.()"\\{}*%&=+ :;\'é漢'), '\u{1f600}']
    return Array.from({ length: this.detail.below(8) }, () => alphabet[this.detail.below(alphabet.length)]).join('')
  }

  /** As browsers, URLSearchParams or careless clients write it. */
  private escaped(value: string): string {
    const kind = this.detail.below(100)
    if (kind < 40) return encodeURIComponent(value)
    if (kind < 80) return new URLSearchParams({ v: value }).toString().slice(2)
    return value.replace(/[&#+%]/g, encodeURIComponent)
  }

  private of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  private below(count: number): number {
    return this.structure.below(count)
  }
}

function planOf(query: string) {
  const parsed = parseQuery(parametersOf(query, false))
  const select = parsed.select ?? parseQuery(parametersOf('select=a,children(c)', false)).select
  return compile(resolveRead({ catalog, schema: 'public', rowsMax: 40 }, parents, { ...parsed, select }), { total: true })
}

/** The text and the values that would be bound, or the error's code. */
function outcome(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('a plan made from a shape', () => {
  it('is, with another request of the shape, what that request would have got by itself', () => {
    const seed = seedOfRun()
    let shared = 0
    for (let round = 0; round < ROUNDS; round++) {
      const write = (detail: number) => new Writer(new Random(seed + round), new Random(seed + round * 2 + detail)).query()
      const [first, second] = [write(0), write(1)]
      const [one, two] = [shapeOf(first, false), shapeOf(second, false)]
      if (one.shape !== two.shape) continue
      const plan = outcome(() => planOf(first))
      // A request that is refused leaves no plan behind.
      if (typeof plan === 'string') continue
      shared++
      const cached = plan as ReturnType<typeof planOf>
      const got = outcome(() => ({ sql: cached.text, values: valuesOf(cached.parameters, two.values, undefined) }))
      const wanted = outcome(() => {
        const own = planOf(second)
        return { sql: own.text, values: own.parameters.map(({ value }) => value) }
      })
      expect(got, `seed ${seed}, round ${round}: ${first} then ${second}`).toEqual(wanted)
      expect(valuesOf(cached.parameters, one.values, undefined)).toEqual(cached.parameters.map(({ value }) => value))
    }
    expect(shared, `seed ${seed}`).toBeGreaterThan(ROUNDS / 4)
  })
})

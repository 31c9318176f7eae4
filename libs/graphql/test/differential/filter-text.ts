// Conditions, orders and values as literals or variables: a whole argument may be one variable, or only a value deep inside.
import type { Random } from '../../../query/test/property/random.ts'
import { columnTypes } from './column-types.ts'
import type { Column, CountTest, Filter, Having, OrderTerm, Relation, Slice, Value } from './model.ts'
import { constant, graphqlOf, listOf, names, objectOf, type Written } from './written.ts'

export interface DocumentParts {
  readonly declarations: string[]
  readonly variables: Record<string, unknown>
  readonly fragments: string[]
}

const isExact = (text: string): boolean => String(Number(text)) === text && Number.isSafeInteger(Number(text) * 1_000)

/** Writes what the arguments are made of. */
export class FilterWriter {
  constructor(
    protected readonly random: Random | undefined,
    protected readonly parts: DocumentParts,
  ) {}

  slice(relation: Relation, { filter, order, distinct, limit, offset }: Slice, more: readonly string[] = [], isOne = false): string {
    const args: string[] = [...more]
    if (filter !== undefined) args.push(`where: ${this.whole(`${relation.name}_bool_exp`, this.filter(filter))}`)
    else if (!isOne && this.chance(4)) args.push('where: null')
    if (order.length > 0) args.push(`order_by: ${this.whole(`[${relation.name}_order_by!]`, this.order(order))}`)
    if (distinct.length > 0) args.push(`distinct_on: ${this.whole(`[${relation.name}_select_column!]`, names(distinct))}`)
    if (limit !== undefined) args.push(`limit: ${this.whole('Int', constant(String(limit), limit))}`)
    if (offset !== undefined) args.push(`offset: ${this.whole('Int', constant(String(offset), offset))}`)
    return this.list(args)
  }

  protected having(having: Having): Written {
    switch (having.kind) {
      case 'and':
      case 'or':
        return objectOf([[`_${having.kind}`, listOf(having.items.map((item) => this.having(item)))]])
      case 'not':
        return objectOf([['_not', this.having(having.item)]])
      case 'count':
        return objectOf([['count', objectOf(this.countTest(having.count))]])
      case 'call': {
        const { call, column, operator, value } = having
        if (operator === '_is_null')
          return objectOf([[call, objectOf([[column.name, objectOf([[operator, constant(value as string, value === 'true')]])]])]])
        // What is neither the column's own value nor a sum is a Float.
        const isFloat = !['min', 'max', 'sum'].includes(call)
        const over: Column = isFloat ? { ...column, type: 'numeric' } : column
        const compared = { kind: 'compare', column: over, operator, value } as const
        return objectOf([[call, objectOf([[column.name, this.comparison(compared, isFloat ? 'Float' : undefined)]])]])
      }
    }
  }

  private countTest({ columns, distinct, filter, operator, value }: CountTest): [string, Written][] {
    const predicate = typeof value === 'string' ? constant(value, Number(value)) : listOf(value.map((each) => constant(each, Number(each))))
    return [
      ...(columns.length === 0 ? [] : [['arguments', names(columns)] as [string, Written]]),
      ...(distinct ? [['distinct', constant('true', true)] as [string, Written]] : []),
      ...(filter === undefined ? [] : [['filter', this.filter(filter)] as [string, Written]]),
      ['predicate', objectOf([[operator, predicate]])],
    ]
  }

  protected filter(filter: Filter): Written {
    switch (filter.kind) {
      case 'object':
        return objectOf(filter.items.flatMap((item) => this.entries(item)))
      default:
        return objectOf(this.entries(filter))
    }
  }

  private entries(filter: Filter): [string, Written][] {
    switch (filter.kind) {
      case 'object':
        return filter.items.flatMap((item) => this.entries(item))
      case 'and':
      case 'or':
        return [[`_${filter.kind}`, listOf(filter.items.map((item) => this.filter(item)))]]
      case 'not':
        return [['_not', this.filter(filter.item)]]
      case 'compare':
        return [[filter.column.name, this.comparison(filter)]]
      case 'is_null':
        return [[filter.column.name, objectOf([['_is_null', constant(String(filter.what), filter.what)]])]]
      case 'related':
        return [[filter.link.name, this.filter(filter.filter)]]
      case 'related_count':
        return [[`${filter.link.name}_aggregate`, objectOf([['count', objectOf(this.countTest(filter.count))]])]]
      case 'related_float': {
        const { call, columns, distinct, filter: inner, operator, value } = filter.test
        const [x, y] = columns.map(({ name }) => constant(name, name))
        const parts: [string, Written][] = [
          [
            'arguments',
            y === undefined
              ? x!
              : objectOf([
                  ['X', x!],
                  ['Y', y],
                ]),
          ],
          ...(distinct ? [['distinct', constant('true', true)] as [string, Written]] : []),
          ...(inner === undefined ? [] : [['filter', this.filter(inner)] as [string, Written]]),
          ['predicate', objectOf([[operator, this.column(columns[0]!, value)]])],
        ]
        return [[`${filter.link.name}_aggregate`, objectOf([[call, objectOf(parts)]])]]
      }
      case 'related_bool': {
        const { call, column, filter: inner, value } = filter.test
        return [
          [
            `${filter.link.name}_aggregate`,
            objectOf([
              [
                call,
                objectOf([
                  ['arguments', constant(column.name, column.name)],
                  ...(inner === undefined ? [] : [['filter', this.filter(inner)] as [string, Written]]),
                  ['predicate', objectOf([['_eq', constant(String(value), value)]])],
                ]),
              ],
            ]),
          ],
        ]
      }
    }
  }

  private comparison({ column, operator, value }: Extract<Filter, { kind: 'compare' }>, as?: string): Written {
    const text = (each: string): Written => constant(JSON.stringify(each), each)
    if (operator.startsWith('_cast'))
      return objectOf([['_cast', objectOf([['String', objectOf([[operator.slice(5), this.leaf('String', text(value as string))]])]])]])
    if (/has_keys/.test(operator)) return objectOf([[operator, this.leaf('[String!]', listOf((value as readonly string[]).map(text)))]])
    if (operator === '_has_key') return objectOf([[operator, this.leaf('String', text(value as string))]])
    if (operator !== '_in' && operator !== '_nin') return objectOf([[operator, this.column(column, value, '', as)]])
    const { written } = columnTypes[column.type]
    const scalar = as ?? columnTypes[column.type].scalar
    if (written === 'list') return objectOf([[operator, this.leaf(`[[${scalar}!]!]`, listOf([this.plain(column, value)]))]])
    return objectOf([[operator, this.leaf(`[${scalar}!]`, listOf((value as readonly string[]).map((each) => this.plain(column, each))))]])
  }

  private order(terms: readonly OrderTerm[]): Written {
    const objects = terms.map((term): [string, Written] => {
      const direction = this.leaf('order_by', constant(term.direction, term.direction))
      const { aggregate } = term
      let inner: [string, Written]
      if (aggregate === undefined) inner = [term.column!.name, direction]
      else {
        const call = aggregate.column === undefined ? direction : objectOf([[aggregate.column.name, direction]])
        inner = [`${aggregate.link.name}_aggregate`, objectOf([[aggregate.call, call]])]
      }
      return term.path.reduceRight<[string, Written]>((nested, link) => [link.name, objectOf([nested])], inner)
    })
    const isDistinct = new Set(objects.map(([name]) => name)).size === objects.length
    return isDistinct && this.chance(40) ? objectOf(objects) : listOf(objects.map((each) => objectOf([each])))
  }

  protected ofColumn(column: Column, value: Value, suffix: string): string {
    const { scalar } = columnTypes[column.type]
    return this.whole(`${scalar}${suffix}`, this.plain(column, value))
  }

  protected column(column: Column, value: Value, suffix = '', as?: string): Written {
    const { scalar: own, written } = columnTypes[column.type]
    const scalar = as ?? own
    return this.leaf(`${written === 'list' ? `[${scalar}!]` : scalar}${suffix}`, this.plain(column, value))
  }

  private plain({ type }: Column, value: Value): Written {
    if (typeof value !== 'string')
      return listOf(value.map((item) => constant(type === 'int4[]' ? item : JSON.stringify(item), type === 'int4[]' ? Number(item) : item)))
    const quoted = constant(JSON.stringify(value), value)
    switch (columnTypes[type].written) {
      case 'number':
        // A number of JavaScript has not all digits.
        if (this.chance(25)) return quoted
        return constant(value, isExact(value) ? Number(value) : value)
      case 'enum':
        return constant(value, value)
      case 'boolean':
        return constant(value, value === 'true')
      case 'json':
        return constant(graphqlOf(JSON.parse(value)), JSON.parse(value))
      default:
        return quoted
    }
  }

  /** As it is, or as a variable with that type. */
  protected whole(type: string, written: Written): string {
    return this.chance(18) ? this.variable(type, written.json()) : written.literal()
  }

  /** The same, for something inside of a literal. */
  protected leaf(type: string, written: Written): Written {
    return this.chance(20) ? { literal: () => this.variable(type, written.json()), json: () => written.json() } : written
  }

  private variable(type: string, value: unknown): string {
    const { declarations, variables } = this.parts
    const name = `v${declarations.length}`
    // A variable that is left out has its default.
    if (typeof value === 'boolean' && this.chance(15)) {
      declarations.push(`$${name}: ${type.replace('!', '')} = ${value}`)
      return `$${name}`
    }
    declarations.push(`$${name}: ${type}`)
    variables[name] = value
    return `$${name}`
  }

  protected list(args: readonly string[]): string {
    const shuffled = this.random === undefined ? args : this.random.shuffle(args)
    return args.length === 0 ? '' : `(${shuffled.join(', ')})`
  }

  protected chance(percent: number): boolean {
    return this.random?.chance(percent) ?? false
  }
}

// Which parts of the dialect the random requests exercised. A part that never came up is a fault of the generator.
import type { Condition, Embed, Level, ReadRequest } from './model.ts'
import { isToOne } from './model.ts'

const expected = [
  'alias',
  'cast',
  'json path',
  'star',
  'aggregate',
  'aggregate with groups',
  'aggregate in embed',
  'embed many-to-one',
  'embed one-to-many',
  'embed one-to-one',
  'embed many-to-many',
  'embed self',
  'embed of a view',
  'embed two deep',
  'embed by hint',
  'embed by key or column',
  'embed alias',
  'inner',
  'left',
  'hidden',
  'spread to-one',
  'spread to-many',
  'filter eq',
  'filter neq',
  'filter gt',
  'filter gte',
  'filter lt',
  'filter lte',
  'filter in',
  'filter isdistinct',
  'filter like',
  'filter ilike',
  'filter match',
  'filter imatch',
  'filter fts',
  'filter plfts',
  'filter phfts',
  'filter wfts',
  'filter cs',
  'filter cd',
  'filter ov',
  'filter sl',
  'filter sr',
  'filter nxr',
  'filter nxl',
  'filter adj',
  'filter is',
  'filter any',
  'filter all',
  'filter config',
  'filter not',
  'filter on json',
  'logic and',
  'logic or',
  'logic not',
  'related is null',
  'related not null',
  'related in a tree',
  'order',
  'order nulls',
  'order related',
  'order json',
  'limit',
  'offset',
  'range header',
  'count',
  'head',
  'embedded filter',
  'embedded order',
  'embedded limit',
  'embedded offset',
  'view',
  'refused 42501',
  'rows limit of the server',
  'call by GET',
  'call by POST',
  'computed column',
  'filter on a computed column',
  'cursor walk',
  'cursor walk by a related row',
  'computed to-one',
  'computed to-many',
  'order by computed to-one',
  'call with arguments',
  'embed in a spread',
  'spread in a spread',
  'inner with limit',
  'inner with filter',
  'inner with aggregates',
] as const

export class Coverage {
  private readonly counts = new Map<string, number>()

  add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  addRequest(request: ReadRequest): void {
    if (request.count) this.add('count')
    if (request.call !== undefined) this.add(`call by ${request.call}`)
    if (request.arguments !== undefined) this.add('call with arguments')
    if (request.walk !== undefined) this.add('cursor walk')
    if (request.walk !== undefined && request.level.order.some(({ embed }) => embed !== undefined)) this.add('cursor walk by a related row')
    if (request.rangeHeader) this.add('range header')
    if (request.head) this.add('head')
    if (request.level.relation.kind === 'view') this.add('view')
    this.addLevel(request.level, 0)
  }

  /** Features that no request exercised. */
  missing(): string[] {
    return expected.filter((name) => !this.counts.has(name))
  }

  table(): string {
    const names = [...new Set([...expected, ...this.counts.keys()])]
    return names.map((name) => `${String(this.counts.get(name) ?? 0).padStart(8)}  ${name}`).join('\n')
  }

  private addLevel(level: Level, depth: number): void {
    if (depth > 0 && level.filters.length > 0) this.add('embedded filter')
    if (level.order.length > 0) this.add(depth > 0 ? 'embedded order' : 'order')
    if (level.limit !== undefined) this.add(depth > 0 ? 'embedded limit' : 'limit')
    if (level.offset !== undefined) this.add(depth > 0 ? 'embedded offset' : 'offset')
    for (const term of level.order) {
      if (term.nulls !== undefined) this.add('order nulls')
      if (term.embed !== undefined) this.add('order related')
      if (term.embed?.link.computed !== undefined) this.add('order by computed to-one')
      if (term.operand.path.length > 0) this.add('order json')
    }
    for (const condition of level.filters) this.addCondition(condition, false)
    const aggregates = level.fields.some((field) => field.kind === 'aggregate')
    if (aggregates) this.add(depth > 0 ? 'aggregate in embed' : 'aggregate')
    if (aggregates && level.fields.some((field) => field.kind === 'column')) this.add('aggregate with groups')
    for (const field of level.fields) {
      if (field.kind === 'star') this.add('star')
      else if (field.kind === 'embed') {
        const { embed } = field
        const { link } = embed
        this.add(embed.spread ? `spread ${isToOne(link) ? 'to-one' : 'to-many'}` : `embed ${link.kind}`)
        if (link.source === link.target) this.add('embed self')
        if (link.target.kind === 'view' || link.source.kind === 'view') this.add('embed of a view')
        if (depth === 1) this.add('embed two deep')
        if (embed.hint !== undefined) this.add('embed by hint')
        if (embed.name !== link.target.name) this.add('embed by key or column')
        if (embed.alias !== undefined) this.add('embed alias')
        if (embed.join !== undefined) this.add(embed.join)
        if (link.computed !== undefined) this.add(`computed ${isToOne(link) ? 'to-one' : 'to-many'}`)
        this.addNested(embed)
        if (embed.level.fields.length === 0) this.add('hidden')
        this.addLevel(embed.level, depth + 1)
      } else {
        if (field.alias !== undefined) this.add('alias')
        if (field.kind === 'column' && field.operand.column.computed) this.add('computed column')
        if (field.cast !== undefined) this.add('cast')
        if (field.kind === 'column' && field.operand.path.length > 0) this.add('json path')
      }
    }
  }

  private addNested({ join, spread, level }: Embed): void {
    if (join === 'inner') {
      if (level.limit !== undefined) this.add('inner with limit')
      if (level.filters.length > 0) this.add('inner with filter')
      if (level.fields.some((field) => field.kind === 'aggregate')) this.add('inner with aggregates')
    }
    for (const field of spread ? level.fields : []) {
      if (field.kind === 'embed') this.add(`${field.embed.spread ? 'spread' : 'embed'} in a spread`)
    }
  }

  private addCondition(condition: Condition, inTree: boolean): void {
    if (condition.kind === 'and' || condition.kind === 'or') {
      this.add(`logic ${condition.kind}`)
      if (condition.not) this.add('logic not')
      for (const item of condition.items) this.addCondition(item, true)
    } else if (condition.kind === 'related') {
      this.add(condition.not ? 'related not null' : 'related is null')
      if (inTree) this.add('related in a tree')
    } else if ('operand' in condition) {
      if (condition.not) this.add('filter not')
      if (condition.operand.path.length > 0) this.add('filter on json')
      if (condition.operand.column.computed) this.add('filter on a computed column')
      this.add(`filter ${condition.kind === 'is' ? 'is' : condition.operator}`)
      if (condition.kind === 'compare' && condition.quantifier !== undefined) this.add(`filter ${condition.quantifier}`)
      if (condition.kind === 'compare' && condition.config !== undefined) this.add('filter config')
    }
  }
}

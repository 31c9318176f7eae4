// An operation as text and variables. The same operation is written in many ways: literals or variables at every level,
// fragments, inline fragments, directives, split selections, further operations in the document.
import { Random } from '../../../query/test/property/random.ts'
import { ArgumentWriter } from './argument-text.ts'
import type { DocumentParts } from './filter-text.ts'
import {
  type AggregateField,
  functionName,
  type GroupPart,
  type AggregatePart,
  type Answered,
  type MutationField,
  type Operation,
  type QueryField,
  type Relation,
  oneName,
  rootName,
  type Selected,
  type Slice,
} from './model.ts'
import { globalId, type Page } from './relay-model.ts'

export interface DocumentText {
  readonly query: string
  readonly variables: Record<string, unknown>
  readonly operationName?: string
}

export function textOf(operation: Operation): DocumentText {
  const parts: DocumentParts = { declarations: [], variables: {}, fragments: [] }
  const writer = new DocumentWriter(operation.style === 0 ? undefined : new Random(operation.style), parts)
  const body = operation.kind === 'query' ? writer.queryFields(operation.fields) : writer.mutationFields(operation.fields)
  return writer.document(operation.kind, body)
}

class DocumentWriter {
  private readonly args: ArgumentWriter

  constructor(
    private readonly random: Random | undefined,
    private readonly parts: DocumentParts,
  ) {
    this.args = new ArgumentWriter(random, parts)
  }

  document(kind: 'query' | 'mutation', body: string): DocumentText {
    const { declarations, variables, fragments } = this.parts
    const other = this.chance(6)
    const isBare = kind === 'query' && declarations.length === 0 && !other && !this.chance(30)
    const name = other || (!isBare && this.chance(20)) ? ' Asked' : ''
    const declared = declarations.length === 0 ? '' : `(${declarations.join(this.chance(50) ? ', ' : ' ')})`
    const text = isBare ? `{ ${body} }` : `${kind}${name}${declared} { ${body} }`
    const all = [...fragments, text, ...(other ? ['query Other { __typename }'] : [])]
    const query = (this.chance(50) ? all.toReversed() : all).join('\n')
    return { query, variables, ...(name === '' || (!other && this.chance(50)) ? {} : { operationName: 'Asked' }) }
  }

  queryFields(fields: readonly QueryField[]): string {
    const texts = fields.map((field) => {
      const { key } = field
      if (field.kind === 'scalar') return this.field(key, field.name, this.args.rootArguments(field.name, field.args))
      const { relation } = field
      if (field.kind === 'by_pk')
        return this.field(
          key,
          `${relation.name}_by_pk`,
          this.args.keyArguments(relation, field.values),
          this.selection(relation, field.selected),
        )
      if (field.kind === 'group_by')
        return this.field(key, `${relation.name}_group_by`, this.args.groups(relation, field), this.groupParts(relation, field.parts))
      if (field.kind === 'connection') return this.connection(key, `${relation.name}_connection`, relation, field.page)
      if (field.kind === 'node')
        return this.field(
          key,
          'node',
          this.args.nodeId(globalId(relation, field.values)),
          `... on ${relation.name} { ${this.selection(relation, field.selected)} }`,
        )
      if (field.kind === 'one') {
        const args = this.args.slice(relation, { order: [], distinct: [] }, [this.args.call(oneName(relation), field.call)], true)
        return this.field(key, oneName(relation), args, this.selection(relation, field.selected))
      }
      const args = this.args.slice(
        relation,
        field.slice,
        field.call === undefined ? [] : [this.args.call(functionName(relation), field.call)],
      )
      const name = field.call === undefined ? relation.name : functionName(relation)
      if (field.kind === 'rows') return this.field(key, name, args, this.selection(relation, field.selected))
      return this.field(key, `${name}_aggregate`, args, this.aggregateParts(relation, field.parts))
    })
    return this.grouped('query_root', texts)
  }

  mutationFields(fields: readonly MutationField[]): string {
    return fields.map((field) => this.mutationField(field)).join(' ')
  }

  private mutationField(field: MutationField): string {
    const { relation, key } = field
    const args = this.args.mutation(field)
    return this.field(
      key,
      rootName(field),
      args,
      'answer' in field ? this.answer(relation, field.answer) : this.selection(relation, field.selected),
    )
  }

  private answer(relation: Relation, { parts }: Answered): string {
    const texts = parts.map((part) => {
      if (part.kind === 'returning') return this.field(part.key, 'returning', '', this.selection(relation, part.selected))
      return this.field(part.key, part.kind === 'typename' ? '__typename' : 'affected_rows', '')
    })
    return this.grouped(`${relation.name}_mutation_response`, texts)
  }

  private selection(relation: Relation, selected: readonly Selected[]): string {
    return this.grouped(
      relation.name,
      selected.map((each) => this.selected(relation, each)),
    )
  }

  private selected(relation: Relation, selected: Selected): string {
    const { key } = selected
    switch (selected.kind) {
      case 'typename':
        return this.field(key, '__typename', '')
      case 'column':
        return this.field(key, selected.column.name, this.args.columnArguments(relation, selected.column, selected.path))
      case 'row':
        return this.split(key, selected.link.name, '', selected.link.target, selected.selected)
      case 'rows':
        return this.split(
          key,
          selected.link.name,
          this.slice(
            selected.link.target,
            selected.slice,
            this.args.given(selected.link.name, relation, selected.link.computed?.args ?? []),
          ),
          selected.link.target,
          selected.selected,
        )
      case 'global_id':
        return this.field(key, 'id', '')
      case 'connection':
        return this.connection(key, `${selected.link.name}_connection`, selected.link.target, selected.page)
      case 'group_by': {
        const { name, target } = selected.link
        return this.field(key, `${name}_group_by`, this.args.groups(target, selected), this.groupParts(target, selected.parts))
      }
      case 'aggregate': {
        const { target } = selected.link
        return this.field(
          key,
          `${selected.link.name}_aggregate`,
          this.slice(target, selected.slice),
          this.aggregateParts(target, selected.parts),
        )
      }
    }
  }

  private connection(key: string, name: string, relation: Relation, page: Page): string {
    const parts = page.parts.map((part) => {
      if (part.kind === 'typename') return this.field(part.key, '__typename', '')
      const isEdges = part.kind === 'edges'
      const inner = part.parts.map((each) => {
        if (each.kind === 'node') return this.field(each.key, 'node', '', this.selection(relation, each.selected))
        return this.field(each.key, each.kind === 'typename' ? '__typename' : each.kind, '')
      })
      const [named, type] = isEdges ? ['edges', `${relation.name}Edge`] : ['pageInfo', 'PageInfo']
      return this.field(part.key, named, '', this.grouped(type, inner))
    })
    return this.field(key, name, this.args.page(relation, page), this.grouped(`${relation.name}Connection`, parts))
  }

  private slice(relation: Relation, slice: Slice, more: readonly string[] = []): string {
    return this.args.slice(relation, slice, more)
  }

  /** One field, or two of the same key and arguments whose selections are merged. */
  private split(key: string, name: string, args: string, target: Relation, selected: readonly Selected[]): string {
    if (selected.length < 2 || !this.chance(7)) return this.field(key, name, args, this.selection(target, selected))
    const [first, rest] = [selected.slice(0, 1), selected.slice(1)]
    return `${this.field(key, name, args, this.selection(target, first))} ${this.field(key, name, args, this.selection(target, rest))}`
  }

  private aggregateParts(relation: Relation, parts: readonly AggregatePart[]): string {
    return this.grouped(
      `${relation.name}_aggregate`,
      parts.map((part) => this.part(relation, part)),
    )
  }

  private groupParts(relation: Relation, parts: readonly GroupPart[]): string {
    const texts = parts.map((part) => {
      if (part.kind !== 'key') return this.part(relation, part)
      return this.field(part.key, 'key', '', part.columns.map(({ key, column }) => this.field(key, column.name, '')).join(' '))
    })
    return this.grouped(`${relation.name}_group`, texts)
  }

  private part(relation: Relation, part: AggregatePart): string {
    if (part.kind === 'typename') return this.field(part.key, '__typename', '')
    if (part.kind === 'nodes') return this.field(part.key, 'nodes', '', this.selection(relation, part.selected))
    const fields = part.fields.map((field) => this.aggregateField(relation, field))
    return this.field(part.key, 'aggregate', '', this.grouped(`${relation.name}_aggregate_fields`, fields))
  }

  private aggregateField(relation: Relation, field: AggregateField): string {
    if (field.kind === 'typename') return this.field(field.key, '__typename', '')
    if (field.kind === 'count') return this.field(field.key, 'count', this.args.count(relation, field.columns, field.distinct))
    const columns = field.columns.map(({ key, column }) => this.field(key, column.name, ''))
    return this.field(field.key, field.call, '', columns.join(' '))
  }

  private field(key: string, name: string, args: string, body?: string): string {
    const directive = this.chance(4)
      ? ` @include(if: ${this.args.flag(true)})`
      : this.chance(3)
        ? ` @skip(if: ${this.args.flag(false)})`
        : ''
    return `${key === name ? '' : `${key}: `}${name}${args}${directive}${body === undefined ? '' : ` { ${body} }`}`
  }

  /** Fields of one object: in a fragment, in an inline fragment, or as they are; now and then with some that are left out. */
  private grouped(type: string, fields: readonly string[]): string {
    const texts = [...fields]
    if (this.chance(6)) texts.splice(this.random!.below(texts.length + 1), 0, `left: __typename @skip(if: ${this.args.flag(true)})`)
    const text = texts.join(' ')
    if (this.chance(7)) {
      const name = `Part${this.parts.fragments.length}`
      this.parts.fragments.push(`fragment ${name} on ${type} { ${text} }`)
      return `...${name}`
    }
    if (this.chance(6)) return `... on ${type} { ${text} }`
    if (this.chance(4)) return `... @include(if: ${this.args.flag(true)}) { ${text} }`
    if (this.chance(3)) return `... @skip(if: ${this.args.flag(true)}) { gone: __typename } ${text}`
    return text
  }

  private chance(percent: number): boolean {
    return this.random?.chance(percent) ?? false
  }
}

// Walks of what a document mentions.
import type { AggregatePart, Filter, Groups, Relation, Selected, Slice } from './model.ts'
import type { Page } from './relay-model.ts'

export interface Visitor {
  relation(relation: Relation): void
  comparison(relation: Relation, filter: Extract<Filter, { kind: 'compare' }>): void
}

export function visitSlice(relation: Relation, { filter, order }: Slice, visitor: Visitor): void {
  if (filter !== undefined) visitFilter(relation, filter, visitor)
  for (const { path, aggregate } of order) {
    for (const { target } of path) visitor.relation(target)
    if (aggregate !== undefined) visitor.relation(aggregate.link.target)
  }
}

export function visitFilter(relation: Relation, filter: Filter, visitor: Visitor): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
    case 'object':
      for (const item of filter.items) visitFilter(relation, item, visitor)
      return
    case 'not':
      return visitFilter(relation, filter.item, visitor)
    case 'compare':
      return visitor.comparison(relation, filter)
    case 'is_null':
      return
    case 'related':
      visitor.relation(filter.link.target)
      return visitFilter(filter.link.target, filter.filter, visitor)
    case 'related_count':
    case 'related_bool':
    case 'related_float': {
      const { filter: inner } = filter.kind === 'related_count' ? filter.count : filter.test
      visitor.relation(filter.link.target)
      if (inner !== undefined) visitFilter(filter.link.target, inner, visitor)
    }
  }
}

export function visitSelected(selected: readonly Selected[], visitor: Visitor): void {
  for (const each of selected) {
    if (each.kind === 'typename' || each.kind === 'column' || each.kind === 'global_id') continue
    const { target } = each.link
    visitor.relation(target)
    if (each.kind === 'group_by') {
      visitGroups(target, each, visitor)
      continue
    }
    if (each.kind === 'connection') {
      visitPage(target, each.page, visitor)
      continue
    }
    if (each.kind !== 'row') visitSlice(target, each.slice, visitor)
    if (each.kind === 'aggregate') visitAggregateParts(each.parts, visitor)
    else visitSelected(each.selected, visitor)
  }
}

export function visitGroups(relation: Relation, { filter, parts }: Groups, visitor: Visitor): void {
  if (filter !== undefined) visitFilter(relation, filter, visitor)
  visitAggregateParts(
    parts.filter((part) => part.kind !== 'key'),
    visitor,
  )
}

export function visitPage(relation: Relation, page: Page, visitor: Visitor): void {
  visitSlice(relation, page, visitor)
  for (const part of page.parts)
    for (const each of part.kind === 'edges' ? part.parts : []) if (each.kind === 'node') visitSelected(each.selected, visitor)
}

export function visitAggregateParts(parts: readonly AggregatePart[], visitor: Visitor): void {
  for (const part of parts) if (part.kind === 'nodes') visitSelected(part.selected, visitor)
}

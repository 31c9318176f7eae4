// Makes a failing operation smaller while it fails.
import type {
  AggregateField,
  AggregatePart,
  Answered,
  Change,
  Filter,
  GroupPart,
  Groups,
  Having,
  MutationField,
  NestedRows,
  Operation,
  QueryField,
  RelatedChange,
  Row,
  Selected,
  Slice,
  UpdateOf,
} from './model.ts'
import type { ConnectionPart, EdgePart, Page } from './relay-model.ts'

const triesMax = 300

/** The smallest operation found that still fails. */
export async function shrink(operation: Operation, fails: (candidate: Operation) => Promise<boolean>): Promise<Operation> {
  let best = operation
  for (let tries = 0; tries < triesMax;) {
    let smaller: Operation | undefined
    for (const candidate of smallerOperations(best)) {
      if (++tries > triesMax) break
      if (await fails(candidate).catch(() => false)) {
        smaller = candidate
        break
      }
    }
    if (smaller === undefined) return best
    best = smaller
  }
  return best
}

function* smallerOperations(operation: Operation): Generator<Operation> {
  if (operation.style !== 0) yield { ...operation, style: 0 }
  if (operation.kind === 'query') for (const fields of smallerList(operation.fields, 1, smallerQueryField)) yield { ...operation, fields }
  else for (const fields of smallerList(operation.fields, 1, smallerMutationField)) yield { ...operation, fields }
}

/** Without one item, or with one of them smaller. */
function* smallerList<T>(items: readonly T[], least: number, smaller: (item: T) => Iterable<T>): Generator<T[]> {
  if (items.length > least) for (const i of items.keys()) yield items.toSpliced(i, 1)
  for (const [i, item] of items.entries()) for (const each of smaller(item)) yield items.with(i, each)
}

function* smallerQueryField(field: QueryField): Generator<QueryField> {
  if (field.kind === 'scalar') {
    for (const args of smallerList(field.args, 1, none)) yield { ...field, args }
    return
  }
  if (field.kind === 'group_by') {
    yield* smallerGroups(field)
    return
  }
  if (field.kind === 'connection') {
    if (field.walk !== undefined) yield { ...field, walk: undefined }
    for (const page of smallerPages(field.page)) yield { ...field, page }
    return
  }
  if (field.kind !== 'one' && 'call' in field && field.call !== undefined) yield { ...field, call: undefined }
  if ('slice' in field) for (const slice of smallerSlices(field.slice)) yield { ...field, slice }
  if (field.kind === 'aggregate') for (const parts of smallerList(field.parts, 1, smallerPart)) yield { ...field, parts }
  else for (const selected of smallerList(field.selected, 1, smallerSelected)) yield { ...field, selected }
}

function* smallerGroups<T extends Groups>(groups: T): Generator<T> {
  const { filter, having, first, order, limit, offset, parts } = groups
  if (filter !== undefined) {
    yield { ...groups, filter: undefined }
    for (const smaller of smallerFilters(filter)) yield { ...groups, filter: smaller }
  }
  if (having !== undefined) {
    yield { ...groups, having: undefined }
    for (const smaller of smallerHaving(having)) yield { ...groups, having: smaller }
  }
  if (limit !== undefined || offset !== undefined) yield { ...groups, limit: undefined, offset: undefined }
  else if (order.length > 0) yield { ...groups, order: [], first: undefined }
  if (first !== undefined) yield { ...groups, first: undefined }
  for (const fewer of smallerList<GroupPart>(parts, 1, (part) => (part.kind === 'key' ? none() : smallerPart(part))))
    yield { ...groups, parts: fewer }
}

function* smallerPages(page: Page): Generator<Page> {
  const { cursor, size, order, distinct, parts } = page
  if (cursor !== undefined) yield { ...page, cursor: undefined }
  if (size !== undefined) yield { ...page, size: undefined, fromEnd: false }
  if (page.filter !== undefined) {
    yield { ...page, filter: undefined }
    for (const filter of smallerFilters(page.filter)) yield { ...page, filter }
  }
  if (distinct.length > 0) yield { ...page, distinct: [] }
  for (const i of order.keys()) if (i >= distinct.length) yield { ...page, order: order.toSpliced(i, 1) }
  const inner = function* (part: ConnectionPart): Generator<ConnectionPart> {
    if (part.kind === 'page_info') for (const fewer of smallerList(part.parts, 1, none)) yield { ...part, parts: fewer }
    if (part.kind !== 'edges') return
    for (const fewer of smallerList<EdgePart>(part.parts, 1, smallerEdge)) yield { ...part, parts: fewer }
  }
  for (const fewer of smallerList<ConnectionPart>(parts, 1, inner)) yield { ...page, parts: fewer }
}

function* smallerEdge(part: EdgePart): Generator<EdgePart> {
  if (part.kind === 'node') for (const selected of smallerList(part.selected, 1, smallerSelected)) yield { ...part, selected }
}

function* smallerHaving(having: Having): Generator<Having> {
  if (having.kind === 'not') yield having.item
  if (having.kind !== 'and' && having.kind !== 'or') return
  yield* having.items
  for (const items of smallerList(having.items, 0, smallerHaving)) yield { ...having, items }
}

function* smallerSlices(slice: Slice): Generator<Slice> {
  const { filter, order, distinct, limit, offset } = slice
  if (filter !== undefined) {
    yield { ...slice, filter: undefined }
    for (const smaller of smallerFilters(filter)) yield { ...slice, filter: smaller }
  }
  if (limit !== undefined || offset !== undefined) yield { ...slice, limit: undefined, offset: undefined }
  if (distinct.length > 0) yield { ...slice, distinct: [], order: order.slice(distinct.length) }
  else if (limit === undefined && offset === undefined) {
    if (order.length > 0) yield { ...slice, order: [] }
  }
  // The last terms make the order total.
  for (const i of order.keys())
    if (i >= distinct.length && i < order.length - 1 && order[i]!.column?.use !== 'key') yield { ...slice, order: order.toSpliced(i, 1) }
}

function* smallerFilters(filter: Filter): Generator<Filter> {
  switch (filter.kind) {
    case 'and':
    case 'or':
    case 'object':
      yield* filter.items
      for (const items of smallerList(filter.items, 0, smallerFilters)) yield { ...filter, items }
      return
    case 'not':
      yield filter.item
      for (const item of smallerFilters(filter.item)) yield { ...filter, item }
      return
    case 'related':
      yield { ...filter, filter: { kind: 'object', items: [] } }
      for (const inner of smallerFilters(filter.filter)) yield { ...filter, filter: inner }
      return
    case 'related_count':
      if (filter.count.filter !== undefined) yield { ...filter, count: { ...filter.count, filter: undefined } }
      if (filter.count.columns.length > 0) yield { ...filter, count: { ...filter.count, columns: [], distinct: false } }
  }
}

function* smallerSelected(selected: Selected): Generator<Selected> {
  if (selected.kind === 'row' || selected.kind === 'rows')
    for (const inner of smallerList(selected.selected, 1, smallerSelected)) yield { ...selected, selected: inner }
  if (selected.kind === 'connection') for (const page of smallerPages(selected.page)) yield { ...selected, page }
  if (selected.kind === 'group_by') yield* smallerGroups(selected)
  if (selected.kind === 'rows' || selected.kind === 'aggregate')
    for (const slice of smallerSlices(selected.slice)) yield { ...selected, slice }
  if (selected.kind === 'aggregate') for (const parts of smallerList(selected.parts, 1, smallerPart)) yield { ...selected, parts }
}

function* smallerPart(part: AggregatePart): Generator<AggregatePart> {
  if (part.kind === 'nodes') for (const selected of smallerList(part.selected, 1, smallerSelected)) yield { ...part, selected }
  if (part.kind === 'aggregate') for (const fields of smallerList(part.fields, 1, smallerAggregate)) yield { ...part, fields }
}

function* smallerAggregate(field: AggregateField): Generator<AggregateField> {
  if (field.kind === 'call') for (const columns of smallerList(field.columns, 1, none)) yield { ...field, columns }
}

/** Such items have nothing smaller. */
const none = (): Iterable<never> => []

function* smallerMutationField(field: MutationField): Generator<MutationField> {
  if ('answer' in field) for (const answer of smallerAnswers(field.answer)) yield { ...field, answer }
  else for (const selected of smallerList(field.selected, 1, smallerSelected)) yield { ...field, selected }
  switch (field.kind) {
    case 'insert':
    case 'insert_one':
      for (const rows of smallerList(field.rows, 1, smallerRow)) yield { ...field, rows }
      if (field.conflict?.filter !== undefined) yield { ...field, conflict: { ...field.conflict, filter: undefined } }
      if (field.conflict !== undefined)
        for (const update of smallerList(field.conflict.update, 0, none)) yield { ...field, conflict: { ...field.conflict, update } }
      return
    case 'update':
      for (const filter of smallerFilters(field.filter)) yield { ...field, filter }
      for (const smaller of smallerChanges(field)) yield { ...field, ...smaller }
      return
    case 'update_many':
      for (const updates of smallerList(field.updates, 1, smallerUpdate)) yield { ...field, updates }
      return
    case 'update_by_pk':
      for (const smaller of smallerChanges(field)) yield { ...field, ...smaller }
      return
    case 'call':
      for (const slice of smallerSlices(field.slice)) yield { ...field, slice }
      return
    case 'delete':
      for (const filter of smallerFilters(field.filter)) yield { ...field, filter }
  }
}

function* smallerUpdate<T extends UpdateOf>(update: T): Generator<T> {
  if (update.filter !== undefined) for (const filter of smallerFilters(update.filter)) yield { ...update, filter }
  for (const smaller of smallerChanges(update)) yield { ...update, ...smaller }
}

function* smallerChanges({ changes, related }: UpdateOf): Generator<Pick<UpdateOf, 'changes' | 'related'>> {
  for (const fewer of smallerList<RelatedChange>(related, changes.length > 0 ? 0 : 1, smallerRelated)) yield { changes, related: fewer }
  for (const fewer of smallerList<Change>(changes, related.length > 0 ? 0 : 1, none)) yield { changes: fewer, related }
}

function* smallerRelated(change: RelatedChange): Generator<RelatedChange> {
  const { delete: deleted, updates, insert, link } = change
  const isOnly = [deleted, insert, updates[0]].filter((each) => each !== undefined).length === 1
  if (deleted !== undefined && !isOnly) yield { ...change, delete: undefined }
  if (deleted !== undefined) for (const filter of smallerFilters(deleted)) yield { ...change, delete: filter }
  if (insert !== undefined && !isOnly) yield { ...change, insert: undefined }
  if (insert !== undefined) for (const rows of smallerList(insert, link.toOne ? 1 : 0, smallerRow)) yield { ...change, insert: rows }
  for (const fewer of smallerList(updates, isOnly ? 1 : 0, smallerUpdate)) yield { ...change, updates: fewer }
}

function* smallerRow(row: Row): Generator<Row> {
  for (const name of row.values.keys())
    if (row.values.size > 1) yield { ...row, values: new Map([...row.values].filter(([other]) => other !== name)) }
  for (const nested of smallerList(row.nested, 0, smallerNested)) yield { ...row, nested }
}

function* smallerNested(nested: NestedRows): Generator<NestedRows> {
  if (nested.conflict !== undefined) yield { ...nested, conflict: undefined }
  for (const rows of smallerList(nested.rows, nested.link.toOne ? 1 : 0, smallerRow)) yield { ...nested, rows }
}

function* smallerAnswers(answer: Answered): Generator<Answered> {
  const smaller = function* (part: Answered['parts'][number]): Generator<Answered['parts'][number]> {
    if (part.kind === 'returning') for (const selected of smallerList(part.selected, 1, smallerSelected)) yield { ...part, selected }
  }
  for (const parts of smallerList(answer.parts, 1, smaller)) yield { parts }
}

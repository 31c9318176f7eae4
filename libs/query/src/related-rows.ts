// Is there a related row? Asked of `!inner`, of `rel=is.null` and of the rows that a write needs.
import type { FilterNode, ReadNode, RelationshipLink } from './tree.ts'

/** The condition that an embed shows a row: one that passes its filter, has the related rows that it must have, and is in its slice. */
export function relatedRowsExist(link: RelationshipLink, read: ReadNode): Extract<FilterNode, { kind: 'exists' }> {
  const items: FilterNode[] = read.filter === undefined ? [] : [read.filter]
  for (const field of read.fields) if (field.kind === 'relation' && field.required) items.push(relatedRowsExist(field.link, field.read))
  return {
    kind: 'exists',
    link,
    filter: items.length === 0 ? undefined : { kind: 'and', items },
    // The server's own limit cuts nothing off the first row.
    limit: typeof read.limit === 'number' && read.limit > 0 ? undefined : read.limit,
    offset: read.offset,
    // Aggregates without groups make one row of no rows as well.
    aggregated: read.fields.length > 0 && read.fields.every(({ kind }) => kind === 'aggregate'),
  }
}

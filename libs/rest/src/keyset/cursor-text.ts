// A cursor as text: `vn.k3Xw_A.WyI3Il0`. The letters say which of the order's values are there (v) and which are null
// (n), so that they decide the shape of the statement; six characters stand for the order itself; the rest are the
// values. It holds nothing secret: a forged one reads other rows under the same policies.
import { createHash } from 'node:crypto'
import type { Relation } from '#libs/catalog'
import type { OrderNode, ValueNode } from '#libs/query'
import type { FilterValue } from '../parse/syntax.ts'
import type { ValueRef } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { unpageable } from './page-order.ts'

/** Longer ones would not fit into a URL that other servers take. */
const LENGTH_MAX = 4_000

/** Stands for the relation and its order: a cursor of another order would mean other rows. */
export function orderTag(relation: Relation, order: readonly OrderNode[]): string {
  const terms = order.map(({ operand, direction, nulls }) => {
    const links = operand.relatedBy === undefined ? [] : [operand.relatedBy].flat()
    return [operand.column.name, operand.jsonPath?.steps, links.map((link) => ('target' in link ? link.target.name : '')), direction, nulls]
  })
  return createHash('sha256')
    .update(JSON.stringify([relation.schema, relation.name, terms]))
    .digest('base64url')
    .slice(0, 6)
}

/** The text of a cursor. */
export function writeCursor(tag: string, values: readonly (string | null)[]): string {
  const there = values.filter((value) => value !== null)
  const text = `${values.map((value) => (value === null ? 'n' : 'v')).join('')}.${tag}.${Buffer.from(JSON.stringify(there)).toString('base64url')}`
  if (text.length > LENGTH_MAX) throw unpageable('the values that it is ordered by are too long for a URL')
  return text
}

/** The values of a cursor as parameters. One of another order, or cut short, is refused. */
export function readCursor(value: FilterValue, tag: string, terms: number): readonly (ValueNode | null)[] {
  const [letters = '', itsTag] = value.text.split('.', 2)
  if (itsTag !== tag || letters.length !== terms) throw restError('invalid_cursor')
  const { slot } = value
  const own = value.text.slice(letters.length + tag.length + 2)
  const count = letters.replaceAll('n', '').length
  let next = 0
  return Array.from(letters, (letter): ValueNode | null => {
    if (letter === 'n') return null
    const i = next++
    const ref: ValueRef | undefined = slot === undefined ? undefined : { from: 'slots', make: (slots) => payload(slots[slot]!, count)[i]! }
    return { kind: 'value', value: payload(own, count)[i]!, ref }
  })
}

function payload(text: string, count: number): readonly string[] {
  if (text.length <= LENGTH_MAX && /^[\w-]*$/.test(text)) {
    try {
      const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
      // Postgres takes no zero characters in text.
      const isText = (item: unknown) => typeof item === 'string' && !item.includes('\0')
      if (Array.isArray(values) && values.length === count && values.every(isText)) return values as string[]
    } catch {
      // Refused below.
    }
  }
  throw restError('invalid_cursor')
}

// `order=`: `a.desc.nullslast,rel(b),json->>c`.
import { Scanner } from './scanner.ts'
import { parseFieldName, parseJsonPath } from './select.ts'
import type { OrderTerm } from './syntax.ts'

/** Parses the value of `order`. */
export function parseOrder(text: string): OrderTerm[] {
  const scanner = new Scanner(text, 'order')
  const terms: OrderTerm[] = []
  do terms.push(parseTerm(scanner))
  while (scanner.take(','))
  if (!scanner.atEnd) scanner.fail('"," or end of input')
  return terms
}

function parseTerm(scanner: Scanner): OrderTerm {
  const name = scanner.name()
  let target: Pick<OrderTerm, 'relation' | 'field'>
  if (scanner.take('(')) {
    target = { relation: name, field: parseFieldName(scanner) }
    scanner.expect(')')
  } else target = { field: { name, path: parseJsonPath(scanner) } }
  const direction = scanner.take('.desc') ? 'desc' : 'asc'
  if (direction === 'asc') scanner.take('.asc')
  const nulls = scanner.take('.nullsfirst') ? 'first' : scanner.take('.nullslast') ? 'last' : undefined
  if (!scanner.atEnd && !scanner.peek(',')) scanner.fail('"asc", "desc", "nullsfirst" or "nullslast"')
  return { ...target, direction, nulls }
}

// Function calls. Arguments are named where they have a name, so that the overload which the dialect chose is the one that runs.
import { quoteIdentifier } from '#libs/postgres'
import type { CallNode } from '../tree.ts'
import { recordColumns } from './mutations.ts'
import { relationName, type Statement } from './statement.ts'

/** FROM clause of a call: `"s"."f"("a" => $1) t0`, with the json source of its arguments before it when there is one. */
export function callSource(statement: Statement, node: CallNode): { from: string; alias: string } {
  const alias = statement.alias()
  const given = node.arguments.map(({ name, value, variadic }) => {
    return argument(name, statement.value(value, value.type ?? typeOf(node, name)), variadic === true)
  })
  const from = node.argumentsFrom
  if (from === undefined || from.names.length === 0) return { from: `${relationName(node.function)}(${given.join(', ')}) ${alias}`, alias }
  const columns = from.names.map((name) => ({ name, type: typeOf(node, name) }))
  const taken = from.names.map((name) => argument(name, `a.${quoteIdentifier(name)}`, isVariadic(node, name)))
  const source = `json_to_record(${statement.value(from.object, 'json')}) a(${recordColumns(columns)})`
  return { from: `${source}, lateral ${relationName(node.function)}(${[...given, ...taken].join(', ')}) ${alias}`, alias }
}

/** One without a name goes by its position. */
function argument(name: string, value: string, variadic: boolean): string {
  return `${variadic ? 'variadic ' : ''}${name === '' ? '' : `${quoteIdentifier(name)} => `}${value}`
}

function typeOf(node: CallNode, name: string) {
  const found = node.function.arguments.find((candidate) => candidate.name === name)
  if (found === undefined) throw new TypeError(`the function has no argument "${name}"`)
  return found.type
}

function isVariadic(node: CallNode, name: string): boolean {
  return node.function.arguments.some((candidate) => candidate.name === name && candidate.mode === 'variadic')
}

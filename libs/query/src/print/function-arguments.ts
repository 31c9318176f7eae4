// Arguments of functions: by name, so that the overload which the dialect chose is the one that runs, else by position.
import { quoteIdentifier } from '#libs/postgres'
import type { DatabaseFunction } from '#libs/catalog'
import type { FunctionArgumentValue } from '../tree.ts'
import { relationName, type Statement } from './statement.ts'

/** `"s"."f"(t0.*, "rate" => $1)` over the row of an alias. */
export function callOfRow(statement: Statement, fn: DatabaseFunction, given: readonly FunctionArgumentValue[], alias: string): string {
  return `${relationName(fn)}(${[statement.rowOf(alias), ...given.map((argument) => argumentOf(statement, argument))].join(', ')})`
}

function argumentOf(statement: Statement, { name, value, variadic }: FunctionArgumentValue): string {
  return `${variadic === true ? 'variadic ' : ''}${name === null ? '' : `${quoteIdentifier(name)} => `}${statement.value(value)}`
}

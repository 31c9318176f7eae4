// State of one compilation: parameters in order of first use, and table aliases. Nothing outlives the statement.
import { quoteIdentifier } from '#libs/postgres'
import type { Column, DataType, Relation } from '#libs/catalog'
import type { PlanColumn } from '../plan.ts'
import type { ReadableColumn, ValueNode } from '../tree.ts'

/** The text of a whole statement, and what its one row holds. */
export interface Printed {
  readonly columns: readonly PlanColumn[]
  readonly text: string
}

/** Collects what a statement needs while its text is printed. */
export class Statement {
  readonly parameters: ValueNode[] = []
  private readonly numbers = new Map<ValueNode, number>()
  private readonly rows = new Map<string, string>()
  private aliases = 0

  /** A short table alias that no other part of the statement has. It is lower-case ASCII, so it needs no quotes. */
  alias(prefix = 't'): string {
    return `${prefix}${this.aliases++}`
  }

  /** The whole row of an alias, in its relation's type: what computed columns and computed relationships take. */
  rowOf(alias: string): string {
    // With the star a column that has the alias' name is not taken for the row.
    return this.rows.get(alias) ?? `${alias}.*`
  }

  /** Rows that come out of a CTE or a sub-select have lost their type: there, `row` holds the whole row. */
  setRow(alias: string, row: string): void {
    this.rows.set(alias, row)
  }

  /** `$n`, cast when the node asks for it. The same node printed twice is one parameter. */
  value(node: ValueNode, type: DataType | string | undefined = node.type): string {
    let number = this.numbers.get(node)
    if (number === undefined) {
      number = this.parameters.push(node)
      this.numbers.set(node, number)
    }
    return type === undefined ? `$${number}` : `$${number}::${typeName(type)}`
  }

  /** LIMIT and OFFSET: the server's constants are printed, because the planner uses them; a request's value is a parameter. */
  count(value: ValueNode | number): string {
    if (typeof value !== 'number') return this.value(value)
    if (!Number.isSafeInteger(value) || value < 0) throw new TypeError('a row count must be a whole number')
    return String(value)
  }
}

/** `"schema"."name"`. */
export function relationName(relation: Pick<Relation, 'schema' | 'name'>): string {
  return `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.name)}`
}

/** A type by its catalog name, so that no search_path decides what it means. Plain strings are our own constants. */
export function typeName(type: DataType | string): string {
  if (typeof type !== 'string') return `${quoteIdentifier(type.schema)}.${quoteIdentifier(type.name)}`
  if (!/^[a-z_][a-z0-9_]*(\[\])?$/.test(type)) throw new TypeError('a type given as text must be a plain name')
  return type
}

/** `alias."column"` */
export function columnOf(alias: string, column: Column | string): string {
  return `${alias}.${quoteIdentifier(typeof column === 'string' ? column : column.name)}`
}

/** `alias."column"`, or for a computed column `"schema"."function"(alias)`. */
export function readableOf(statement: Statement, alias: string, column: ReadableColumn): string {
  return 'kind' in column ? `${relationName(column.function)}(${statement.rowOf(alias)})` : columnOf(alias, column)
}

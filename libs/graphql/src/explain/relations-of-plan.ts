// Which relations a plan of Postgres touches, and what it does to them: read from EXPLAIN (format json, verbose), so that
// relations behind views and functions that were inlined are there too.

/** What a policy may be for. */
export type TouchCommand = 'select' | 'insert' | 'update' | 'delete'

/** A relation of a plan. */
export interface TouchedRelation {
  readonly schema: string
  readonly name: string
  readonly commands: ReadonlySet<TouchCommand>
}

interface PlanNode {
  readonly 'Node Type'?: string
  readonly Operation?: string
  readonly 'Relation Name'?: string
  readonly Schema?: string
  readonly Output?: readonly string[]
  readonly Plans?: readonly PlanNode[]
}

/** The relations in the JSON text of a plan. */
export function relationsOfPlan(json: string): TouchedRelation[] {
  const found = new Map<string, { schema: string; name: string; commands: Set<TouchCommand> }>()
  const walk = (node: PlanNode): void => {
    const { Schema: schema, 'Relation Name': name } = node
    if (schema !== undefined && name !== undefined) {
      const key = JSON.stringify([schema, name])
      const entry = found.get(key) ?? { schema, name, commands: new Set() }
      found.set(key, entry)
      for (const command of commandsOf(node)) entry.commands.add(command)
    }
    for (const child of node.Plans ?? []) walk(child)
  }
  for (const { Plan: root } of JSON.parse(json) as { Plan: PlanNode }[]) walk(root)
  return [...found.values()]
}

/** A write that returns rows, or looks for those that it changes, reads as well. */
function commandsOf({ 'Node Type': type, Operation: operation, Output: output }: PlanNode): TouchCommand[] {
  if (type !== 'ModifyTable') return ['select']
  const command = (operation ?? 'update').toLowerCase() as TouchCommand
  return command === 'insert' && output === undefined ? [command] : [command, 'select']
}

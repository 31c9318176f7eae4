// Selection sets with fragments, @skip and @include resolved: fields by response key, in document order.
import { type DirectiveNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql'
import type { Planning } from '../planning.ts'

/** All occurrences of one response key: equal name and arguments (validated), selections to be merged. */
export interface SelectedField {
  readonly key: string
  readonly name: string
  readonly node: FieldNode
  readonly selections: readonly SelectionSetNode[]
  readonly location: string
}

/** Fields of one level. `location` is the JSONPath of the object that is selected from. */
export function selectedFields(planning: Planning, sets: readonly SelectionSetNode[], location: string): SelectedField[] {
  const byKey = new Map<string, { node: FieldNode; selections: SelectionSetNode[] }>()
  const visited = new Set<string>()
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(planning, selection.directives ?? [])) continue
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        let entry = byKey.get(key)
        if (entry === undefined) {
          entry = { node: selection, selections: [] }
          byKey.set(key, entry)
        }
        if (selection.selectionSet !== undefined) entry.selections.push(selection.selectionSet)
        continue
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet)
        continue
      }
      const name = selection.name.value
      if (visited.has(name)) continue
      visited.add(name)
      const fragment = planning.fragments.get(name)
      if (fragment !== undefined) collect(fragment.selectionSet)
    }
  }
  for (const set of sets) collect(set)
  return [...byKey].map(([key, { node, selections }]) => ({
    key,
    name: node.name.value,
    node,
    selections,
    location: `${location}.selectionSet.${node.name.value}`,
  }))
}

function isIncluded(planning: Planning, directives: readonly DirectiveNode[]): boolean {
  for (const directive of directives) {
    const condition = directive.arguments?.find((argument) => argument.name.value === 'if')?.value
    if (condition === undefined) continue
    const holds = planning.inputs.flag(planning.inputs.of(condition))
    if (directive.name.value === 'skip' && holds) return false
    if (directive.name.value === 'include' && !holds) return false
  }
  return true
}

// The Relay endpoint's `node`: a row by its global id (contract graphql.md section 13).
import { type SelectionNode, type SelectionSetNode, Kind } from 'graphql'
import type { FilterNode, ReadNode, ValueNode } from '#libs/query'
import { validationFailed } from '../../graphql.errors.ts'
import type { TableModel } from '../../model/role-model.ts'
import { argumentsOf } from '../reads/list-arguments.ts'
import type { Planning } from '../planning.ts'
import { rowOf } from '../reads/reads.ts'
import { decodeGlobalId } from './relay-ids.ts'
import type { SelectedField } from '../reads/selection.ts'

/** `node(id: …) { id ... on T {…} }`: the row, or null where the caller may not see it. The id decides the plan. */
export function nodeOf(planning: Planning, field: SelectedField): ReadNode {
  const location = `${field.location}.args.id`
  const input = argumentsOf(planning, field).get('id')
  if (input === undefined) throw validationFailed("missing required field 'id'", `${field.location}.args`)
  if (input.kind === 'variable' && input.path !== undefined) planning.literalVariables.add(String(input.path[0]))
  const id = decodeGlobalId(planning.inputs.now(input), location)
  const table = tableOf(planning, id.schema, id.table)
  const columns = table?.primaryKey
  // A table that is hidden and one that is not there look the same.
  if (table === undefined || !columns || columns.length !== id.key.length) throw validationFailed('invalid node id', location)
  const items = columns.map((column, i): FilterNode => {
    const value: ValueNode = { kind: 'value', value: id.key[i]!, type: column.type }
    return { kind: 'compare', operand: { kind: 'operand', column }, operator: 'eq', value }
  })
  const filter: FilterNode = items.length === 1 ? items[0]! : { kind: 'and', items }
  const selections = field.selections.map((set) => selectionsOn(planning, set, table.name))
  return { ...rowOf(planning, table, { ...field, selections }), filter, single: true }
}

function tableOf(planning: Planning, schema: string, name: string): TableModel | undefined {
  const relation = planning.model.catalog.findRelation(schema, name)
  return relation === undefined ? undefined : planning.model.tableOf(relation)
}

/** The selections that hold for a type: those of other types are left out. */
function selectionsOn(planning: Planning, set: SelectionSetNode, type: string): SelectionSetNode {
  const holds = (condition: string | undefined) => condition === undefined || condition === 'Node' || condition === type
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return [selection]
    const { condition, inner } =
      selection.kind === Kind.INLINE_FRAGMENT
        ? { condition: selection.typeCondition?.name.value, inner: selection.selectionSet }
        : {
            condition: planning.fragments.get(selection.name.value)?.typeCondition.name.value,
            inner: planning.fragments.get(selection.name.value)?.selectionSet,
          }
    if (inner === undefined || !holds(condition)) return []
    return [{ kind: Kind.INLINE_FRAGMENT, directives: selection.directives, selectionSet: selectionsOn(planning, inner, type) }]
  })
  return { ...set, selections }
}

// The planner of a row's fields as aggregates, groups and connections are handed it: a row holds them and they list rows,
// so none of them imports reads.ts.
import type { FieldNode } from '#libs/query'
import type { TableModel } from '../../model/role-model.ts'
import type { Planning } from '../planning.ts'
import type { SelectedField } from './selection.ts'

/** What is selected of a table's row. */
export type RowFields = (planning: Planning, table: TableModel, field: SelectedField) => FieldNode[]

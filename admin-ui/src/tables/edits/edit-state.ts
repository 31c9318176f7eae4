// Edits of cells on their way to the database. Pure: what happened in, the new state out.
import type { Row } from '../rows/rows-query.ts'

/** staged: not sent. saving: on its way. saved: the server has it (shown for a moment). failed: refused, with the reason. */
export interface CellEdit {
  readonly value: unknown
  readonly state: 'staged' | 'saving' | 'saved' | 'failed'
  readonly reason?: string
}
export interface RowEdits {
  /** The row as it was read. */
  readonly row: Row
  readonly cells: Readonly<Record<string, CellEdit>>
}
export interface EditState {
  readonly rows: Readonly<Record<string, RowEdits>>
  /** Staged cells in the order in which they were made, for undo. */
  readonly order: readonly (readonly [key: string, column: string])[]
}
/** `sent`: the values of an update by column. A cell that was edited again since is not meant by what becomes of them. */
export type EditAction =
  | { type: 'stage'; key: string; row: Row; column: string; value: unknown }
  | { type: 'saving'; key: string; sent: Row }
  | { type: 'saved'; key: string; sent: Row }
  | { type: 'failed'; key: string; sent: Row; reason: string }
  /** Takes the mark from cells that were saved. */
  | { type: 'settled'; key: string; sent: Row }
  | { type: 'forget'; key: string; columns: readonly string[] }
  | { type: 'undo' }
  | { type: 'clear' }

export const noEdits: EditState = { rows: {}, order: [] }

export function editReducer(state: EditState, action: EditAction): EditState {
  switch (action.type) {
    case 'stage': {
      const before = state.rows[action.key] ?? { row: action.row, cells: {} }
      const cells = { ...before.cells, [action.column]: { value: action.value, state: 'staged' as const } }
      return {
        rows: { ...state.rows, [action.key]: { ...before, cells } },
        order: [...state.order.filter(([key, column]) => key !== action.key || column !== action.column), [action.key, action.column]],
      }
    }
    case 'saving':
      return mark(state, action.key, action.sent, (cell) => ({ value: cell.value, state: 'saving' }))
    case 'saved':
      return mark(state, action.key, action.sent, (cell) => ({ value: cell.value, state: 'saved' }))
    case 'failed':
      return mark(state, action.key, action.sent, (cell) => ({ value: cell.value, state: 'failed', reason: action.reason }))
    case 'settled': {
      const cells = state.rows[action.key]?.cells ?? {}
      const isSaved = (column: string) => cells[column]?.state === 'saved' && Object.is(cells[column].value, action.sent[column])
      return drop(state, action.key, Object.keys(action.sent).filter(isSaved))
    }
    case 'forget':
      return drop(state, action.key, action.columns)
    case 'undo': {
      const last = state.order.findLast(([key, column]) => state.rows[key]?.cells[column]?.state !== 'saving')
      return last === undefined ? state : drop(state, last[0], [last[1]])
    }
    case 'clear':
      return noEdits
  }
}

function mark(state: EditState, key: string, sent: Row, change: (cell: CellEdit) => CellEdit): EditState {
  const edits = state.rows[key]
  if (edits === undefined) return state
  const cells = { ...edits.cells }
  for (const [column, value] of Object.entries(sent)) {
    const cell = cells[column]
    if (cell !== undefined && Object.is(cell.value, value)) cells[column] = change(cell)
  }
  return { ...state, rows: { ...state.rows, [key]: { ...edits, cells } } }
}

function drop(state: EditState, key: string, columns: readonly string[]): EditState {
  const edits = state.rows[key]
  if (edits === undefined) return state
  const cells = Object.fromEntries(Object.entries(edits.cells).filter(([column]) => !columns.includes(column)))
  const { [key]: _gone, ...others } = state.rows
  return {
    rows: Object.keys(cells).length === 0 ? others : { ...others, [key]: { ...edits, cells } },
    order: state.order.filter(([at, column]) => at !== key || !columns.includes(column)),
  }
}

/** Cells that wait for being sent, refused ones included. */
export function pendingCount(state: EditState): number {
  return Object.values(state.rows)
    .flatMap((edits) => Object.values(edits.cells))
    .filter(isPending).length
}

export function isPending(cell: CellEdit): boolean {
  return cell.state === 'staged' || cell.state === 'failed'
}

import type { KeyboardEvent } from 'react'

/** A cell by its place in what is shown; row -1 is the header. */
export interface CellAt {
  readonly row: number
  readonly column: number
}

/** Where a key moves the active cell, or undefined when the key does not move. */
export function moveOf(event: KeyboardEvent, at: CellAt, size: { rows: number; columns: number }): CellAt | undefined {
  const command = event.ctrlKey || event.metaKey
  const to = (row: number, column: number): CellAt => ({
    row: Math.min(Math.max(row, -1), size.rows - 1),
    column: Math.min(Math.max(column, 0), size.columns - 1),
  })
  switch (event.key) {
    case 'ArrowDown':
      return command ? to(size.rows - 1, at.column) : to(at.row + 1, at.column)
    case 'ArrowUp':
      return command ? to(0, at.column) : to(at.row - 1, at.column)
    case 'ArrowLeft':
      return to(at.row, at.column - 1)
    case 'ArrowRight':
      return to(at.row, at.column + 1)
    case 'Home':
      return command ? to(0, 0) : to(at.row, 0)
    case 'End':
      return command ? to(size.rows - 1, size.columns - 1) : to(at.row, size.columns - 1)
    case 'PageDown':
      return to(at.row + 15, at.column)
    case 'PageUp':
      return to(Math.max(at.row - 15, 0), at.column)
    default:
      return undefined
  }
}

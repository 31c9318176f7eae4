import type { TableInfo } from '#admin-api'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { toApiError } from '../../api/api-error.ts'
import { rowKey, rowsKey, updateRow, type Row, type RowPage } from '../rows/rows-query.ts'
import { editReducer, isPending, noEdits, type EditState } from './edit-state.ts'

const tickMs = 1600

/** Edits of one table. They survive a reload: what was not saved is kept in local storage. */
export function useEdits(table: TableInfo) {
  const queries = useQueryClient()
  const storageKey = `plinth-edits-${table.schema}.${table.name}`
  const [state, dispatch] = useReducer(editReducer, storageKey, readKept)
  const current = useRef(state)
  current.current = state
  useEffect(() => keep(storageKey, state), [storageKey, state])

  /** Updates of one row go out one after another, so that the last edit is the one that stays. */
  const turns = useRef(new Map<string, Promise<unknown>>())

  /** Sends what is pending of one row as one update. */
  const saveRow = useCallback(
    async (key: string, given?: { row: Row; changes: Row }): Promise<boolean> => {
      const edits = current.current.rows[key]
      const sent = given?.changes ?? pendingOf(edits?.cells ?? {})
      const row = given?.row ?? edits?.row
      if (row === undefined || Object.keys(sent).length === 0) return true
      dispatch({ type: 'saving', key, sent })
      const turn = (turns.current.get(key) ?? Promise.resolve()).then(() => updateRow(table, row, sent))
      const over = turn.then(ignore, ignore)
      turns.current.set(key, over)
      try {
        replaceRow(queries, table, key, await turn)
        dispatch({ type: 'saved', key, sent })
        setTimeout(() => dispatch({ type: 'settled', key, sent }), tickMs)
        return true
      } catch (error) {
        dispatch({ type: 'failed', key, sent, reason: toApiError(error).message })
        return false
      } finally {
        if (turns.current.get(key) === over) turns.current.delete(key)
      }
    },
    [queries, table],
  )

  const saveAll = useCallback(async (): Promise<boolean> => {
    const results = []
    for (const key of Object.keys(current.current.rows)) results.push(await saveRow(key))
    return results.every(Boolean)
  }, [saveRow])

  return { state, dispatch, saveRow, saveAll }
}

const ignore = (): void => undefined

export type Edits = ReturnType<typeof useEdits>

function pendingOf(cells: EditState['rows'][string]['cells']): Row {
  return Object.fromEntries(
    Object.entries(cells)
      .filter(([, cell]) => isPending(cell))
      .map(([column, cell]) => [column, cell.value]),
  )
}

function replaceRow(queries: ReturnType<typeof useQueryClient>, table: TableInfo, key: string, saved: Row): void {
  queries.setQueriesData<RowPage>({ queryKey: rowsKey(table) }, (page) =>
    page === undefined ? page : { ...page, rows: page.rows.map((row) => (rowKey(table, row) === key ? saved : row)) },
  )
}

function readKept(storageKey: string): EditState {
  try {
    const kept = localStorage.getItem(storageKey)
    return kept === null ? noEdits : (JSON.parse(kept) as EditState)
  } catch {
    return noEdits
  }
}

function keep(storageKey: string, state: EditState): void {
  const rows: Record<string, EditState['rows'][string]> = {}
  for (const [key, edits] of Object.entries(state.rows)) {
    const cells = Object.fromEntries(
      Object.entries(edits.cells)
        .filter(([, cell]) => cell.state !== 'saved')
        // A reload cannot know how a request on its way ended: it is staged again.
        .map(([column, cell]) => [column, cell.state === 'saving' ? { value: cell.value, state: 'staged' as const } : cell]),
    )
    if (Object.keys(cells).length > 0) rows[key] = { row: edits.row, cells }
  }
  try {
    if (Object.keys(rows).length === 0) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, JSON.stringify({ rows, order: state.order }))
  } catch {
    // A full or blocked storage costs the draft on reload, not the work on the page.
  }
}

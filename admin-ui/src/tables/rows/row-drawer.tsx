import type { TableInfo } from '#admin-api'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { SideDrawer } from '../../design/side-drawer.tsx'
import { toastDone } from '../../design/toast.ts'
import { editText, readText, sameValue } from './cell-text.ts'
import { RowField, type FieldDraft } from './row-field.tsx'
import styles from './row-drawer.module.css'
import { insertRow, isEditable, type Row, rowKey, type RowPage, rowsKey, updateRow } from './rows-query.ts'

/** One row in full: every column with its editor. Without a row it inserts one. */
export function RowDrawer({ table, row, onClose }: { table: TableInfo; row: Row | undefined; onClose: () => void }) {
  const queries = useQueryClient()
  const [drafts, setDrafts] = useState<Readonly<Record<string, FieldDraft>>>({})
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({})
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const inserting = row === undefined
  const editable = isEditable(table)
  const draftOf = (name: string): FieldDraft => {
    const column = table.columns.find((one) => one.name === name)!
    return (
      drafts[name] ??
      (inserting
        ? { mode: 'default', text: '' }
        : row[name] === null
          ? { mode: 'null', text: '' }
          : { mode: 'value', text: editText(row[name], column) })
    )
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const values: Record<string, unknown> = {}
    const found: Record<string, string> = {}
    for (const column of table.columns) {
      const draft = drafts[column.name]
      if (draft === undefined || draft.mode === 'default') continue
      const read = draft.mode === 'null' ? { value: null } : readText(draft.text, column)
      if ('fault' in read) found[column.name] = read.fault
      else if (inserting || !sameValue(read.value, row[column.name])) values[column.name] = read.value
    }
    setFaults(found)
    if (Object.keys(found).length > 0) return
    if (!inserting && Object.keys(values).length === 0) return onClose()
    setBusy(true)
    setError(undefined)
    try {
      if (inserting) {
        await insertRow(table, values)
        await queries.invalidateQueries({ queryKey: rowsKey(table) })
        toastDone('Row inserted')
      } else {
        const key = rowKey(table, row)
        const saved = await updateRow(table, row, values)
        queries.setQueriesData<RowPage>({ queryKey: rowsKey(table) }, (page) =>
          page === undefined ? page : { ...page, rows: page.rows.map((one) => (rowKey(table, one) === key ? saved : one)) },
        )
        toastDone('Row saved')
      }
      onClose()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }

  return (
    <SideDrawer
      title={
        inserting ? `Insert into ${table.name}` : table.primaryKey.map((column) => `${column} ${String(row[column])}`).join(', ') || 'Row'
      }
      onClose={onClose}
    >
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {table.columns.map((column) => {
          const reference = table.foreignKeys.find((key) => key.columns.length === 1 && key.columns[0] === column.name)
          const value = row?.[column.name]
          return (
            <div key={column.name}>
              <RowField
                column={column}
                draft={draftOf(column.name)}
                inserting={inserting}
                readOnly={!editable || column.generated === 'stored' || (column.generated === 'identity_always' && !inserting)}
                fault={faults[column.name]}
                onChange={(draft) => setDrafts({ ...drafts, [column.name]: draft })}
              />
              {reference === undefined || value === null || value === undefined ? null : (
                <Link
                  className={styles.reference}
                  to="/tables/$schema/$table"
                  params={{ schema: reference.target.schema, table: reference.target.table }}
                  search={{ filter: [[reference.target.columns[0] ?? '', 'eq', String(value)]] }}
                >
                  Open in {reference.target.table}
                </Link>
              )}
            </div>
          )
        })}
        {error === undefined ? null : <ErrorPanel title={inserting ? 'The row was not inserted' : 'The row was not saved'} error={error} />}
        {editable ? (
          <div className={styles.buttons}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              {inserting ? 'Insert row' : 'Save row'}
            </Button>
          </div>
        ) : null}
      </form>
    </SideDrawer>
  )
}

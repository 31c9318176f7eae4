import type { TableInfo } from '#admin-api'
import { ActionIcon, Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { ConfirmDialog } from '../../design/confirm-dialog.tsx'
import { plural } from '../../design/format.ts'
import { toastDone } from '../../design/toast.ts'
import styles from './filter-bar.module.css'
import { deleteRows, type Row, rowsKey } from './rows-query.ts'
import { toCsv } from './to-csv.ts'

/** What can be done with the chosen rows. */
export function SelectionBar({ table, rows, onClear }: { table: TableInfo; rows: readonly Row[]; onClear: () => void }) {
  const [asking, setAsking] = useState(false)
  const queries = useQueryClient()
  const copy = async (text: string, form: string) => {
    await navigator.clipboard.writeText(text)
    toastDone(`${plural(rows.length, 'row')} copied as ${form}`)
  }
  const names = table.columns.map((column) => column.name)
  return (
    <div className={styles.floating} role="region" aria-label="Chosen rows">
      <span className={styles.floatingText}>{plural(rows.length, 'row')} selected</span>
      <Button size="xs" variant="default" onClick={() => void copy(JSON.stringify(rows, null, 2), 'JSON')}>
        Copy as JSON
      </Button>
      <Button size="xs" variant="default" onClick={() => void copy(toCsv(names, rows), 'CSV')}>
        Copy as CSV
      </Button>
      <Button size="xs" color="red" onClick={() => setAsking(true)}>
        Delete rows
      </Button>
      <ActionIcon aria-label="Clear the selection" onClick={onClear}>
        <IconX size={15} />
      </ActionIcon>
      <ConfirmDialog
        opened={asking}
        title={`Delete ${plural(rows.length, 'row')}`}
        action={`Delete ${plural(rows.length, 'row')}`}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await deleteRows(table, rows)
          await queries.invalidateQueries({ queryKey: rowsKey(table) })
          toastDone(`${plural(rows.length, 'row')} deleted`)
          onClear()
        }}
      >
        This deletes {plural(rows.length, 'row')} of {table.name}, and rows of other tables that cascade from them. It cannot be undone.
      </ConfirmDialog>
    </div>
  )
}

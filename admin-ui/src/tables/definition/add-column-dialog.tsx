import type { TableInfo } from '#admin-api'
import { Switch, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { segments } from '../../api/admin.ts'
import { schemaQuery } from '../../api/schema.ts'
import { ChangeDialog } from '../change/change-dialog.tsx'
import styles from '../change/change-dialog.module.css'
import { ColumnOptionFields } from '../create/column-options.tsx'
import { newColumn, toColumnInput, type ColumnDraft } from '../create/draft.ts'
import { TypeSelect } from '../create/type-select.tsx'

/** A further column. */
export function AddColumnDialog({ table, onClose }: { table: TableInfo; onClose: () => void }) {
  const { data: schema } = useQuery(schemaQuery)
  const [column, setColumn] = useState<ColumnDraft>(() => newColumn())
  const set = (values: Partial<ColumnDraft>) => setColumn({ ...column, ...values })
  return (
    <ChangeDialog
      title={`Add a column to ${table.name}`}
      action="Add column"
      done={`Column ${column.name} added`}
      onClose={onClose}
      change={
        column.name.trim() === ''
          ? undefined
          : {
              method: 'PATCH',
              path: `/tables${segments(table.schema, table.name)}`,
              body: { changes: [{ kind: 'add_column', column: toColumnInput(column) }] },
            }
      }
    >
      <div className={styles.pair}>
        <TextInput label="Name" data-autofocus value={column.name} onChange={(event) => set({ name: event.currentTarget.value })} />
        <TypeSelect label="Type" value={column.type} onChange={(type) => set({ type, identity: false })} />
      </div>
      <TextInput
        label="Default"
        description="An SQL expression, for example now() or 'draft'"
        value={column.defaultText}
        onChange={(event) => set({ defaultText: event.currentTarget.value })}
      />
      <Switch
        size="xs"
        label="May be null"
        checked={column.nullable}
        onChange={(event) => set({ nullable: event.currentTarget.checked })}
      />
      <ColumnOptionFields column={column} tables={schema?.tables ?? []} onChange={set} />
    </ChangeDialog>
  )
}

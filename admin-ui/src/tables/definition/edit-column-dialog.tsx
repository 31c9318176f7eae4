import type { ColumnInfo, TableChange, TableInfo } from '#admin-api'
import { Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { segments } from '../../api/admin.ts'
import { ChangeDialog } from '../change/change-dialog.tsx'
import styles from '../change/change-dialog.module.css'
import { TypeSelect } from '../create/type-select.tsx'

/** Name, type, default and nullability of a column; only what differs is changed. */
export function EditColumnDialog({ table, column, onClose }: { table: TableInfo; column: ColumnInfo; onClose: () => void }) {
  const [name, setName] = useState(column.name)
  const [type, setType] = useState(column.type)
  const [nullable, setNullable] = useState(column.nullable)
  const [defaultText, setDefaultText] = useState(column.generated === 'no' ? (column.default ?? '') : '')
  const changes: TableChange[] = []
  if (type !== column.type) changes.push({ kind: 'alter_type', column: column.name, type })
  if (nullable !== column.nullable) changes.push({ kind: 'set_nullable', column: column.name, nullable })
  if (column.generated === 'no' && defaultText.trim() !== (column.default ?? ''))
    changes.push({ kind: 'set_default', column: column.name, default: defaultText.trim() === '' ? null : defaultText.trim() })
  // Last, so that the changes before it still find the column under its old name.
  if (name.trim() !== column.name && name.trim() !== '') changes.push({ kind: 'rename_column', column: column.name, name: name.trim() })
  return (
    <ChangeDialog
      title={`Edit column ${column.name}`}
      action="Save column"
      done="Column changed"
      onClose={onClose}
      change={
        changes.length === 0 ? undefined : { method: 'PATCH', path: `/tables${segments(table.schema, table.name)}`, body: { changes } }
      }
    >
      <div className={styles.pair}>
        <TextInput label="Name" data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TypeSelect label="Type" value={type} onChange={setType} />
      </div>
      {column.generated === 'no' ? (
        <TextInput
          label="Default"
          description="An SQL expression; empty means none"
          value={defaultText}
          onChange={(event) => setDefaultText(event.currentTarget.value)}
        />
      ) : null}
      <Switch
        size="xs"
        label="May be null"
        disabled={table.primaryKey.includes(column.name)}
        checked={nullable}
        onChange={(event) => setNullable(event.currentTarget.checked)}
      />
    </ChangeDialog>
  )
}

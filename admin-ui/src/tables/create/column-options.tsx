import type { TableInfo } from '#admin-api'
import { ActionIcon, Indicator, Popover, Select, Switch } from '@mantine/core'
import { IconSettings } from '@tabler/icons-react'
import { canBeIdentity, type ColumnDraft } from './draft.ts'
import styles from './create-table.module.css'

/** Rarer properties of a column: unique, counts up, references another table. */
export function ColumnOptions({
  column,
  tables,
  onChange,
}: {
  column: ColumnDraft
  tables: readonly TableInfo[]
  onChange: (values: Partial<ColumnDraft>) => void
}) {
  return (
    <Popover width={300} position="bottom-end" trapFocus>
      <Popover.Target>
        <Indicator size={6} offset={5} disabled={column.references === '' && !column.unique} color="accent">
          <ActionIcon aria-label={`More about column ${column.name}`}>
            <IconSettings size={14} />
          </ActionIcon>
        </Indicator>
      </Popover.Target>
      <Popover.Dropdown>
        <ColumnOptionFields column={column} tables={tables} onChange={onChange} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The same as fields of a form. */
export function ColumnOptionFields({
  column,
  tables,
  onChange,
}: {
  column: ColumnDraft
  tables: readonly TableInfo[]
  onChange: (values: Partial<ColumnDraft>) => void
}) {
  const targets = tables.flatMap((table) =>
    [
      ...(table.primaryKey.length === 1 ? table.primaryKey : []),
      ...table.uniqueKeys.filter((key) => key.columns.length === 1).flatMap((key) => key.columns),
    ].map((name) => ({
      value: JSON.stringify([table.schema, table.name, name]),
      label: `${table.schema === 'public' ? '' : `${table.schema}.`}${table.name}.${name}`,
      type: table.columns.find((one) => one.name === name)?.type ?? column.type,
    })),
  )
  const users = { value: JSON.stringify(['auth', 'users', 'id']), label: 'auth.users.id', type: 'uuid' }
  const choices = targets.some((target) => target.value === users.value) ? targets : [...targets, users]
  return (
    <div className={styles.options}>
      <Switch size="xs" label="Unique" checked={column.unique} onChange={(event) => onChange({ unique: event.currentTarget.checked })} />
      {canBeIdentity(column.type) ? (
        <Switch
          size="xs"
          label="Counts up by itself"
          checked={column.identity}
          onChange={(event) => onChange({ identity: event.currentTarget.checked })}
        />
      ) : null}
      <Select
        label="References"
        placeholder="No other table"
        searchable
        clearable
        allowDeselect
        value={column.references === '' ? null : column.references}
        data={choices.map(({ value, label }) => ({ value, label }))}
        onChange={(value) =>
          onChange({
            references: value ?? '',
            ...(value === null ? {} : { type: choices.find((choice) => choice.value === value)?.type ?? column.type }),
          })
        }
        comboboxProps={{ withinPortal: false }}
      />
      {column.references === '' ? null : (
        <Select
          label="When the referenced row is deleted"
          value={column.onDelete}
          data={[
            { value: 'no action', label: 'Refuse the deletion' },
            { value: 'cascade', label: 'Delete this row too' },
            { value: 'set null', label: 'Set this column to NULL' },
          ]}
          onChange={(value) => onChange({ onDelete: value ?? 'no action' })}
          comboboxProps={{ withinPortal: false }}
        />
      )}
    </div>
  )
}

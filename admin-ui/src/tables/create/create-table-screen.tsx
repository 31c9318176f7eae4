import { ActionIcon, Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { isPlatformSchema, schemaChanged, schemaQuery } from '../../api/schema.ts'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { toastDone } from '../../design/toast.ts'
import { Page } from '../../frame/page.tsx'
import { applyChange, ChangePreview } from '../change/change-preview.tsx'
import { ColumnOptions } from './column-options.tsx'
import styles from './create-table.module.css'
import { type ColumnDraft, newColumn, newTable, toTableInput, type TableDraft } from './draft.ts'
import { TypeSelect } from './type-select.tsx'

/** A new table: name, columns, and beside them the SQL that will run. */
export function CreateTableScreen() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const overview = useQuery(schemaQuery)
  const [lastSchema] = useLocalStorage({ key: 'plinth-schema', defaultValue: 'public', getInitialValueInEffect: false })
  const [draft, setDraft] = useState<TableDraft>(() => newTable(lastSchema))
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const input = toTableInput(draft)
  const change = input === undefined ? undefined : ({ method: 'POST', path: '/tables', body: input } as const)
  const schemas = (overview.data?.schemas ?? ['public']).filter((schema) => !isPlatformSchema(schema))
  const setColumn = (id: number, values: Partial<ColumnDraft>) =>
    setDraft({ ...draft, columns: draft.columns.map((column) => (column.id === id ? { ...column, ...values } : column)) })
  const create = async (event: FormEvent) => {
    event.preventDefault()
    if (change === undefined || input === undefined) return
    setBusy(true)
    setError(undefined)
    try {
      await applyChange(change)
      await schemaChanged(queries)
      toastDone(`Table ${input.name} created`)
      await navigate({ to: '/tables/$schema/$table', params: { schema: input.schema, table: input.name } })
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Page
      title="Create table"
      actions={
        <>
          <Button variant="default" component={Link} to="/tables">
            Cancel
          </Button>
          <Button type="submit" form="create-table" loading={busy} disabled={change === undefined}>
            Create table
          </Button>
        </>
      }
    >
      <form id="create-table" className={styles.layout} onSubmit={(event) => void create(event)}>
        <div className={styles.main}>
          <div className={styles.head}>
            <TextInput
              label="Name"
              placeholder="todos"
              autoFocus
              required
              withAsterisk={false}
              value={draft.name}
              onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
            />
            {schemas.length > 1 ? (
              <Select
                label="Schema"
                value={draft.schema}
                data={schemas}
                onChange={(schema) => setDraft({ ...draft, schema: schema ?? 'public' })}
              />
            ) : null}
          </div>
          <Textarea
            label="Comment"
            placeholder="What a row stands for. It appears in the API's documentation."
            autosize
            minRows={1}
            value={draft.comment}
            onChange={(event) => setDraft({ ...draft, comment: event.currentTarget.value })}
          />
          <div>
            <div className={styles.columnsHead}>
              <h3>Columns</h3>
            </div>
            <div className={styles.columns} role="table" aria-label="Columns">
              <div className={styles.columnHead} role="row">
                <span role="columnheader">Name</span>
                <span role="columnheader">Type</span>
                <span role="columnheader">Default</span>
                <span role="columnheader">Key</span>
                <span role="columnheader">Null</span>
                <span role="columnheader" aria-label="More" />
              </div>
              {draft.columns.map((column, index) => (
                <div key={column.id} className={styles.columnRow} role="row">
                  <TextInput
                    aria-label={`Name of column ${index + 1}`}
                    placeholder="column_name"
                    value={column.name}
                    onChange={(event) => setColumn(column.id, { name: event.currentTarget.value })}
                  />
                  <TypeSelect
                    ariaLabel={`Type of column ${index + 1}`}
                    value={column.type}
                    onChange={(type) => setColumn(column.id, { type, identity: column.identity && /int/.test(type) })}
                  />
                  <TextInput
                    aria-label={`Default of column ${index + 1}`}
                    placeholder={column.identity ? 'counts up' : 'none'}
                    disabled={column.identity}
                    value={column.defaultText}
                    onChange={(event) => setColumn(column.id, { defaultText: event.currentTarget.value })}
                    styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }}
                  />
                  <Switch
                    size="xs"
                    aria-label={`Column ${index + 1} is in the primary key`}
                    checked={column.primaryKey}
                    onChange={(event) => setColumn(column.id, { primaryKey: event.currentTarget.checked })}
                  />
                  <Switch
                    size="xs"
                    aria-label={`Column ${index + 1} may be null`}
                    disabled={column.primaryKey}
                    checked={column.nullable && !column.primaryKey}
                    onChange={(event) => setColumn(column.id, { nullable: event.currentTarget.checked })}
                  />
                  <span className={styles.columnTools}>
                    <ColumnOptions
                      column={column}
                      tables={overview.data?.tables ?? []}
                      onChange={(values) => setColumn(column.id, values)}
                    />
                    <ActionIcon
                      aria-label={`Remove column ${column.name === '' ? index + 1 : column.name}`}
                      onClick={() => setDraft({ ...draft, columns: draft.columns.filter((one) => one.id !== column.id) })}
                    >
                      <IconTrash size={14} />
                    </ActionIcon>
                  </span>
                </div>
              ))}
            </div>
            <Button
              variant="default"
              size="xs"
              mt={8}
              leftSection={<IconPlus size={13} />}
              onClick={() => setDraft({ ...draft, columns: [...draft.columns, newColumn()] })}
            >
              Add column
            </Button>
          </div>
          <Switch
            label="Row-level security"
            description="On: the table is closed until a policy opens it. Leave it on unless you know why not."
            checked={draft.rowSecurity}
            onChange={(event) => setDraft({ ...draft, rowSecurity: event.currentTarget.checked })}
          />
          {error === undefined ? null : <ErrorPanel title="The table was not created" error={error} />}
        </div>
        <aside className={styles.side}>
          <ChangePreview change={change} waiting="Give the table a name to see the SQL." />
        </aside>
      </form>
    </Page>
  )
}

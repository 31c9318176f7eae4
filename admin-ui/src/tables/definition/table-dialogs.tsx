import type { ColumnInfo, TableChange, TableInfo } from '#admin-api'
import { Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { segments } from '../../api/admin.ts'
import { plural } from '../../design/format.ts'
import { formatRows } from '../row-count.ts'
import { ChangeDialog } from '../change/change-dialog.tsx'
import type { PlannedChange } from '../change/change-preview.tsx'

interface DialogProps {
  readonly table: TableInfo
  readonly onClose: () => void
}

function alter(table: TableInfo, ...changes: TableChange[]): PlannedChange {
  return { method: 'PATCH', path: `/tables${segments(table.schema, table.name)}`, body: { changes } }
}

export function RenameTableDialog({ table, onClose }: DialogProps) {
  const [name, setName] = useState(table.name)
  const navigate = useNavigate()
  const wanted = name.trim()
  return (
    <ChangeDialog
      title={`Rename ${table.name}`}
      action="Rename table"
      done="Table renamed"
      onClose={onClose}
      change={wanted === '' || wanted === table.name ? undefined : alter(table, { kind: 'rename', name: wanted })}
      onApplied={() =>
        navigate({
          to: '/tables/$schema/$table',
          params: { schema: table.schema, table: wanted },
          search: { tab: 'definition' },
          replace: true,
        })
      }
    >
      <TextInput
        label="Name"
        description="Apps that use the old name stop working."
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ChangeDialog>
  )
}

export function CommentDialog({ table, onClose }: DialogProps) {
  const [comment, setComment] = useState(table.comment ?? '')
  const changed = comment.trim() !== (table.comment ?? '')
  return (
    <ChangeDialog
      title={`Comment on ${table.name}`}
      action="Save comment"
      done="Comment saved"
      onClose={onClose}
      change={changed ? alter(table, { kind: 'comment', comment: comment.trim() === '' ? null : comment.trim() }) : undefined}
    >
      <Textarea
        label="Comment"
        data-autofocus
        autosize
        minRows={2}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </ChangeDialog>
  )
}

export function RowSecurityDialog({ table, onClose }: DialogProps) {
  const enabled = !table.rowSecurity
  return (
    <ChangeDialog
      title={enabled ? 'Switch row-level security on' : 'Switch row-level security off'}
      action={enabled ? 'Switch on' : 'Switch off'}
      done={enabled ? 'Row-level security is on' : 'Row-level security is off'}
      danger={!enabled}
      onClose={onClose}
      change={alter(table, { kind: 'row_security', enabled })}
    >
      <p>
        {enabled
          ? 'From then on only rows that a policy allows are visible.'
          : 'From then on every role that has a grant on this table reads and writes all of its rows; its policies do nothing.'}
      </p>
    </ChangeDialog>
  )
}

export function DropColumnDialog({ table, column, onClose }: DialogProps & { column: ColumnInfo }) {
  const [typed, setTyped] = useState('')
  return (
    <ChangeDialog
      title={`Drop column ${column.name}`}
      action="Drop column"
      done={`Column ${column.name} dropped`}
      danger
      ready={typed === column.name}
      onClose={onClose}
      change={alter(table, { kind: 'drop_column', column: column.name })}
    >
      <p>
        Deletes the values of this column in {table.estimatedRows > 0 ? formatRows(table.estimatedRows, false) : 'every row'}. It cannot be
        undone.
      </p>
      <TextInput
        data-autofocus
        autoComplete="off"
        label={
          <>
            Type <code>{column.name}</code> to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ChangeDialog>
  )
}

export function DropTableDialog({ table, onClose }: DialogProps) {
  const [typed, setTyped] = useState('')
  const navigate = useNavigate()
  return (
    <ChangeDialog
      title={`Drop table ${table.name}`}
      action="Drop table"
      done={`Table ${table.name} dropped`}
      danger
      ready={typed === table.name}
      onClose={onClose}
      change={{ method: 'DELETE', path: `/tables${segments(table.schema, table.name)}` }}
      onApplied={() => navigate({ to: '/tables' })}
    >
      <p>
        Deletes {table.estimatedRows > 0 ? formatRows(table.estimatedRows, false) : 'its rows'} and{' '}
        {plural(table.policyCount, 'policy', 'policies')}. It cannot be undone.
      </p>
      <TextInput
        data-autofocus
        autoComplete="off"
        label={
          <>
            Type <code>{table.name}</code> to confirm
          </>
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ChangeDialog>
  )
}

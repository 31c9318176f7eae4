import type { Policy, PolicyInput, TableChange, TableInfo } from '#admin-api'
import { MultiSelect, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { segments } from '../api/admin.ts'
import { schemaQuery } from '../api/schema.ts'
import { ChangeDialog } from '../tables/change/change-dialog.tsx'
import { commands } from './coverage.ts'
import forms from '../tables/change/change-dialog.module.css'

const mono = { input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }

/** A policy by hand: command, roles and conditions, with the SQL it becomes. */
export function CreatePolicyDialog({ table, onClose }: { table: TableInfo; onClose: () => void }) {
  const { data: schema } = useQuery(schemaQuery)
  const [name, setName] = useState('')
  const [command, setCommand] = useState<Policy['command']>('select')
  const [roles, setRoles] = useState<string[]>(['authenticated'])
  const [using, setUsing] = useState('')
  const [check, setCheck] = useState('')
  const [permissive, setPermissive] = useState(true)
  const takesUsing = command !== 'insert'
  const takesCheck = command === 'insert' || command === 'update' || command === 'all'
  const [granting, setGranting] = useState(true)
  const needed = command === 'all' ? commands : [command]
  const ungranted = roles.filter((role) => role !== 'public' && needed.some((one) => table.grants[role]?.includes(one) !== true))
  const grants: TableChange[] = ungranted.map((role) => ({ kind: 'grant', role, privileges: [...needed] }))
  const complete = name.trim() !== '' && roles.length > 0 && (takesUsing ? using.trim() !== '' : check.trim() !== '')
  const input: PolicyInput = {
    schema: table.schema,
    table: table.name,
    name: name.trim(),
    command,
    roles,
    ...(permissive ? {} : { permissive: false }),
    ...(takesUsing && using.trim() !== '' ? { using: using.trim() } : {}),
    ...(takesCheck && check.trim() !== '' ? { check: check.trim() } : {}),
  }
  return (
    <ChangeDialog
      title={`Write a policy for ${table.name}`}
      action="Create policy"
      done={`Policy ${name.trim()} created`}
      onClose={onClose}
      change={complete ? { method: 'POST', path: '/policies', body: input } : undefined}
      also={
        granting && grants.length > 0
          ? { method: 'PATCH', path: `/tables${segments(table.schema, table.name)}`, body: { changes: grants } }
          : undefined
      }
    >
      <TextInput
        label="Name"
        placeholder="members read"
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={forms.pair}>
        <Select
          label="Command"
          value={command}
          data={['select', 'insert', 'update', 'delete', 'all']}
          onChange={(value) => setCommand(value ?? 'select')}
        />
        <MultiSelect
          label="Roles"
          value={roles}
          data={(schema?.roles ?? ['anon', 'authenticated']).filter((role) => role !== 'service_role')}
          onChange={setRoles}
        />
      </div>
      {takesUsing ? (
        <Textarea
          label="Rows it applies to (using)"
          placeholder="(select auth.uid()) = user_id"
          autosize
          minRows={1}
          styles={mono}
          value={using}
          onChange={(event) => setUsing(event.currentTarget.value)}
        />
      ) : null}
      {takesCheck ? (
        <Textarea
          label="What a written row must fulfil (with check)"
          placeholder={takesUsing ? 'empty: the same condition' : '(select auth.uid()) = user_id'}
          autosize
          minRows={1}
          styles={mono}
          value={check}
          onChange={(event) => setCheck(event.currentTarget.value)}
        />
      ) : null}
      {ungranted.length === 0 ? null : (
        <Switch
          size="xs"
          label={`Also grant ${needed.join(', ')} to ${ungranted.join(', ')}`}
          description="Without the grant the policy has no effect."
          checked={granting}
          onChange={(event) => setGranting(event.currentTarget.checked)}
        />
      )}
      <Switch
        size="xs"
        label="Restrictive"
        description="It narrows what other policies allow, and allows nothing by itself."
        checked={!permissive}
        onChange={(event) => setPermissive(!event.currentTarget.checked)}
      />
    </ChangeDialog>
  )
}

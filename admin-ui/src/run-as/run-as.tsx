import { Button, JsonInput, Popover, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { IconUserShield } from '@tabler/icons-react'
import { useState } from 'react'
import styles from './run-as.module.css'
import { userChoicesQuery, type UserChoice } from './user-claims.ts'

/** As whom something runs; a null role is the owner of the database. */
export interface RunRole {
  readonly role: string | null
  readonly claims: Readonly<Record<string, unknown>>
}
export const asOwner: RunRole = { role: null, claims: {} }

/** Chooses role and claims, to see what a policy lets through. */
export function RunAs({
  value,
  roles,
  owner = false,
  onChange,
}: {
  value: RunRole
  roles: readonly string[]
  /** Whether the owner of the database is one of the choices. */
  owner?: boolean
  onChange: (value: RunRole) => void
}) {
  const [text, setText] = useState(() => JSON.stringify(value.claims, null, 2))
  const [fault, setFault] = useState<string | undefined>(undefined)
  const choose = (next: RunRole) => {
    setText(JSON.stringify(next.claims, null, 2))
    setFault(undefined)
    onChange(next)
  }
  const setClaims = (next: string) => {
    setText(next)
    try {
      const claims: unknown = JSON.parse(next.trim() === '' ? '{}' : next)
      if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw new Error('An object is needed')
      setFault(undefined)
      onChange({ ...value, claims: claims as Record<string, unknown> })
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <Popover width={340} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant={value.role === null ? 'default' : 'light'} leftSection={<IconUserShield size={14} />}>
          <span className={styles.label}>Run as {nameOf(value)}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.fields}>
          <Select
            label="Role"
            value={value.role ?? ''}
            data={[
              ...(owner ? [{ value: '', label: 'Owner of the database' }] : []),
              ...roles.map((role) => ({ value: role, label: role })),
            ]}
            allowDeselect={false}
            onChange={(role) => onChange({ ...value, role: role === null || role === '' ? null : role })}
            comboboxProps={{ withinPortal: false }}
          />
          {value.role === null || value.role === 'service_role' ? null : (
            <>
              <UserField
                value={value}
                onChoose={({ role, claims }) => choose({ role, claims })}
                onClear={() => choose({ ...value, claims: {} })}
              />
              <JsonInput
                label="Claims"
                description='For example {"sub": "a user id"}. Policies read them as auth.uid() and auth.jwt().'
                autosize
                minRows={3}
                maxRows={14}
                value={text}
                error={fault}
                onChange={setClaims}
                styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }}
              />
            </>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** A user of the project whose claims are taken over. */
function UserField({ value, onChoose, onClear }: { value: RunRole; onChoose: (user: UserChoice) => void; onClear: () => void }) {
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), 200)
  // The name of the chosen one stands in the field, and is no search.
  const chosen = value.claims.sub
  const users = useQuery(userChoicesQuery(wanted === nameOf(value) ? '' : wanted))
  const list = users.data ?? []
  const isListed = list.some((user) => user.id === chosen)
  const data = list.map((user) => ({ value: user.id, label: user.name }))
  if (typeof chosen === 'string' && !isListed) data.push({ value: chosen, label: nameOf(value) })
  return (
    <Select
      label="User"
      placeholder="Take the claims of a user"
      searchable
      clearable
      value={typeof chosen === 'string' ? chosen : null}
      data={data}
      filter={({ options }) => options}
      searchValue={search}
      onSearchChange={setSearch}
      nothingFoundMessage="No user has that e-mail, phone or id"
      onChange={(id) => {
        const user = list.find((one) => one.id === id)
        if (user !== undefined) onChoose(user)
        else if (id === null) onClear()
      }}
      comboboxProps={{ withinPortal: false }}
    />
  )
}

/** The user where the claims name one, else the role. */
function nameOf({ role, claims }: RunRole): string {
  if (role === null) return 'owner'
  if (role === 'service_role') return role
  if (typeof claims.email === 'string' && claims.email !== '') return claims.email
  return typeof claims.sub === 'string' ? claims.sub : role
}

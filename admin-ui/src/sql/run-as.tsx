import { Button, JsonInput, Popover, Select } from '@mantine/core'
import { IconUserShield } from '@tabler/icons-react'
import { useState } from 'react'
import styles from './sql.module.css'

/** As whom a script runs; a null role is the owner. */
export interface RunRole {
  readonly role: string | null
  readonly claims: Readonly<Record<string, unknown>>
}
export const asOwner: RunRole = { role: null, claims: {} }

/** Chooses role and claims, to see what a policy lets through. */
export function RunAs({ value, roles, onChange }: { value: RunRole; roles: readonly string[]; onChange: (value: RunRole) => void }) {
  const [text, setText] = useState(() => JSON.stringify(value.claims, null, 2))
  const [fault, setFault] = useState<string | undefined>(undefined)
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
    <Popover width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant={value.role === null ? 'default' : 'light'} leftSection={<IconUserShield size={14} />}>
          Run as {value.role ?? 'owner'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles.claims}>
          <Select
            label="Role"
            value={value.role ?? ''}
            data={[{ value: '', label: 'Owner of the database' }, ...roles.map((role) => ({ value: role, label: role }))]}
            onChange={(role) => onChange({ ...value, role: role === null || role === '' ? null : role })}
            comboboxProps={{ withinPortal: false }}
          />
          {value.role === null ? null : (
            <JsonInput
              label="Claims"
              description='For example {"sub": "a user id"}. Policies read them as auth.uid() and auth.jwt().'
              autosize
              minRows={3}
              value={text}
              error={fault}
              onChange={setClaims}
              styles={{ input: { fontFamily: 'var(--font-mono)', fontSize: 12.5 } }}
            />
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

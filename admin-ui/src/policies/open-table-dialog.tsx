import type { OpenTableInput, TableInfo } from '#admin-api'
import { Select } from '@mantine/core'
import { useState } from 'react'
import { segments } from '../api/admin.ts'
import { ChangeDialog } from '../tables/change/change-dialog.tsx'
import { ownerColumns, policyTemplates } from './policy-templates.ts'
import styles from './policies.module.css'

/** Opens a table by a template: row-level security, grants and policies in one step. */
export function OpenTableDialog({ table, onClose }: { table: TableInfo; onClose: () => void }) {
  const owners = ownerColumns(table)
  const [template, setTemplate] = useState<OpenTableInput['template'] | undefined>(undefined)
  const [owner, setOwner] = useState(owners[0])
  const chosen = policyTemplates.find((one) => one.value === template)
  const body: OpenTableInput | undefined =
    chosen === undefined || (chosen.needsOwner && owner === undefined)
      ? undefined
      : { template: chosen.value, ...(chosen.needsOwner ? { ownerColumn: owner } : {}) }
  return (
    <ChangeDialog
      title={`Open ${table.name}`}
      action="Open table"
      done={`${table.name} is open: ${chosen?.label.toLowerCase() ?? ''}`}
      onClose={onClose}
      change={body === undefined ? undefined : { method: 'POST', path: `/tables${segments(table.schema, table.name)}/open`, body }}
    >
      <div className={styles.templates} role="radiogroup" aria-label="Template">
        {policyTemplates.map((one) => (
          <button
            key={one.value}
            type="button"
            role="radio"
            aria-checked={template === one.value}
            className={styles.template}
            disabled={one.needsOwner && owners.length === 0}
            onClick={() => setTemplate(one.value)}
          >
            <b>{one.label}</b>
            <span>{one.needsOwner && owners.length === 0 ? 'Needs a uuid column that holds the owner of a row.' : one.meaning}</span>
          </button>
        ))}
      </div>
      {chosen?.needsOwner === true ? (
        <Select
          label="Owner column"
          description="Holds the id of the user to whom the row belongs"
          value={owner ?? null}
          data={owners}
          onChange={(value) => setOwner(value ?? undefined)}
        />
      ) : null}
    </ChangeDialog>
  )
}

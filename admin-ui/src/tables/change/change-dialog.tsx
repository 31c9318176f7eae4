import type { Applied } from '#admin-api'
import { Button, Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { schemaChanged } from '../../api/schema.ts'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { toastDone } from '../../design/toast.ts'
import { applyChange, ChangePreview, type PlannedChange } from './change-preview.tsx'
import styles from './change-dialog.module.css'

/** A short form for one change of the schema, with what it will run. */
export function ChangeDialog({
  title,
  action,
  done,
  change,
  also,
  children,
  onClose,
  onApplied,
  danger = false,
  ready = true,
}: {
  title: string
  /** Verb and noun: "Add column". */
  action: string
  /** Said when it was done: "Column added". */
  done: string
  change: PlannedChange | undefined
  /** A second change that is made right after the first. */
  also?: PlannedChange | undefined
  children: ReactNode
  onClose: () => void
  onApplied?: (applied: Applied) => void | Promise<void>
  danger?: boolean
  ready?: boolean
}) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const apply = async () => {
    if (change === undefined) return
    setBusy(true)
    setError(undefined)
    try {
      const applied = await applyChange(change)
      if (also !== undefined) await applyChange(also)
      await onApplied?.(applied)
      await schemaChanged(queries)
      toastDone(done)
      onClose()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={title} size={560}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void apply()
        }}
      >
        {children}
        <ChangePreview
          change={change}
          waiting="Fill in the form to see the SQL."
          isSettled={(warning) => also !== undefined && warning.includes('no grant')}
        />
        {also === undefined || change === undefined ? null : <ChangePreview change={also} waiting="" title="And then" />}
        {error === undefined ? null : <ErrorPanel title="Nothing was changed" error={error} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={danger ? 'red' : undefined} loading={busy} disabled={change === undefined || !ready}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

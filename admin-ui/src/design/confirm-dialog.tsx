import { Button, Modal, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ErrorPanel } from './error-panel.tsx'
import styles from './confirm-dialog.module.css'

/** Asks before something is lost. With `typeToConfirm` the name has to be typed: for what cannot be undone. */
export function ConfirmDialog({
  opened,
  title,
  children,
  action,
  typeToConfirm,
  onConfirm,
  onClose,
}: {
  opened: boolean
  title: string
  /** What will be lost, in numbers. */
  children: ReactNode
  /** Verb and noun of the button: "Delete table". */
  action: string
  typeToConfirm?: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
}) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={440}>
      {opened ? (
        <Body action={action} typeToConfirm={typeToConfirm} onConfirm={onConfirm} onClose={onClose}>
          {children}
        </Body>
      ) : null}
    </Modal>
  )
}

function Body({
  children,
  action,
  typeToConfirm,
  onConfirm,
  onClose,
}: {
  children: ReactNode
  action: string
  typeToConfirm?: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const confirm = async () => {
    setBusy(true)
    try {
      await onConfirm()
      onClose()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault()
        void confirm()
      }}
    >
      <div>{children}</div>
      {typeToConfirm === undefined ? null : (
        <TextInput
          data-autofocus
          label={
            <>
              Type <code>{typeToConfirm}</code> to confirm
            </>
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
        />
      )}
      {error === undefined ? null : <ErrorPanel title="That did not work" error={error} />}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          color="red"
          loading={busy}
          disabled={typeToConfirm !== undefined && typed !== typeToConfirm}
          data-autofocus={typeToConfirm === undefined ? true : undefined}
        >
          {action}
        </Button>
      </div>
    </form>
  )
}

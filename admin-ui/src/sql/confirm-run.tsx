import { Button, Modal } from '@mantine/core'
import type { Danger } from './destructive.ts'
import styles from './sql.module.css'

/** Asks before statements that lose data. */
export function ConfirmRun({ dangers, onRun, onClose }: { dangers: readonly Danger[]; onRun: () => void; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="This script loses data" size={520}>
      <ul className={styles.dangers}>
        {dangers.map((danger, index) => (
          <li key={index}>
            <p>{danger.loss}</p>
            <pre>{danger.statement}</pre>
          </li>
        ))}
      </ul>
      <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, marginTop: 16 }}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red" onClick={onRun}>
          Run script
        </Button>
      </div>
    </Modal>
  )
}

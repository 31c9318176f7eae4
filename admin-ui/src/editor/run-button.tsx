import { Button, Kbd } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import styles from './editor.module.css'

/** Runs, and while something runs stops it. */
export function RunButton({ busy, onRun, onStop }: { busy: boolean; onRun: () => void; onStop: () => void }) {
  return busy ? (
    <Button variant="default" leftSection={<IconPlayerStop size={14} />} onClick={onStop}>
      Stop
    </Button>
  ) : (
    <Button leftSection={<IconPlayerPlay size={14} />} rightSection={<Kbd className={styles.runKeys}>Ctrl ⏎</Kbd>} onClick={onRun}>
      Run
    </Button>
  )
}

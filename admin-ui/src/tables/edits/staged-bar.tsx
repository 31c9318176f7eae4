import { Button } from '@mantine/core'
import { useState } from 'react'
import { plural } from '../../design/format.ts'
import styles from '../rows/filter-bar.module.css'
import { isPending, pendingCount } from './edit-state.ts'
import type { Edits } from './use-edits.ts'

/** What waits to be saved, at the bottom of the grid. */
export function StagedBar({ edits }: { edits: Edits }) {
  const [busy, setBusy] = useState(false)
  const waiting = pendingCount(edits.state)
  const refused = Object.values(edits.state.rows)
    .flatMap((row) => Object.values(row.cells))
    .filter((cell) => isPending(cell) && cell.state === 'failed').length
  if (waiting === 0) return null
  const save = async () => {
    setBusy(true)
    await edits.saveAll()
    setBusy(false)
  }
  return (
    <div className={styles.floating} role="region" aria-label="Edits that are not saved">
      <span className={styles.floatingText}>
        {plural(waiting, 'change')} not saved{refused > 0 ? `, ${refused} refused` : ''}
      </span>
      <Button size="xs" variant="default" onClick={() => edits.dispatch({ type: 'undo' })} disabled={busy}>
        Undo last
      </Button>
      <Button size="xs" variant="default" onClick={() => edits.dispatch({ type: 'clear' })} disabled={busy}>
        Discard
      </Button>
      <Button size="xs" onClick={() => void save()} loading={busy}>
        Save changes
      </Button>
    </div>
  )
}

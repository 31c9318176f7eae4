import { useLocalStorage } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { ResizeHandle } from '../design/resize-handle.tsx'
import styles from './split.module.css'

/** The section's own list as a second, resizable pane, and what was chosen beside it. */
export function Split({ name, label, list, children }: { name: string; label: string; list: ReactNode; children: ReactNode }) {
  const [width, setWidth] = useLocalStorage({ key: `plinth-pane-${name}`, defaultValue: 240, getInitialValueInEffect: false })
  return (
    <div className={styles.split}>
      <section className={styles.pane} style={{ width }} aria-label={label}>
        {list}
        <ResizeHandle side="right" width={width} min={180} max={420} onResize={setWidth} label={`Resize ${label}`} />
      </section>
      <div className={styles.content}>{children}</div>
    </div>
  )
}

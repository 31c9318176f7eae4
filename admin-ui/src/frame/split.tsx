import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { ResizeHandle } from '../design/resize-handle.tsx'
import styles from './split.module.css'

/**
 * The section's own list as a second, resizable pane, and what was chosen beside it. On a phone there is room for one of them: the
 * list unfolds from a bar above what was chosen.
 */
export function Split({ name, label, list, children }: { name: string; label: string; list: ReactNode; children: ReactNode }) {
  const [width, setWidth] = useLocalStorage({ key: `plinth-pane-${name}`, defaultValue: 240, getInitialValueInEffect: false })
  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const [unfolded, unfold] = useState(false)
  const place = useRouterState({ select: ({ location }) => location.href })
  // What was chosen takes the list's place.
  useEffect(() => unfold(false), [place])
  const Chevron = unfolded ? IconChevronUp : IconChevronDown
  // The same tree at any width: a phone that is turned keeps what was written.
  return (
    <div className={narrow ? styles.stack : styles.split}>
      {narrow ? (
        <button type="button" className={styles.fold} aria-expanded={unfolded} onClick={() => unfold(!unfolded)}>
          {label}
          <Chevron size={16} aria-hidden />
        </button>
      ) : null}
      <section className={styles.pane} style={narrow ? undefined : { width }} hidden={narrow && !unfolded} aria-label={label}>
        {list}
        {narrow ? null : <ResizeHandle side="right" width={width} min={180} max={420} onResize={setWidth} label={`Resize ${label}`} />}
      </section>
      <div className={styles.content} hidden={narrow && unfolded}>
        {children}
      </div>
    </div>
  )
}

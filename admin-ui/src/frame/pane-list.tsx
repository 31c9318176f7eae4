import type { KeyboardEvent, ReactNode } from 'react'
import styles from './split.module.css'

/** A list in the second pane whose links are also walked with the arrow keys. */
export function PaneList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.list} aria-label={label} onKeyDown={walk}>
      {children}
    </ul>
  )
}

function walk(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('a, button')]
  const next = items.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1)
  items[next]?.focus()
  event.preventDefault()
}

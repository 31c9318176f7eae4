import { ActionIcon } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { ResizeHandle } from './resize-handle.tsx'
import styles from './side-drawer.module.css'

/** Details of one thing, beside the list it belongs to: the list stays usable. Esc closes it. */
export function SideDrawer({
  title,
  onClose,
  children,
  actions,
}: {
  title: ReactNode
  onClose: () => void
  children: ReactNode
  actions?: ReactNode
}) {
  const [width, setWidth] = useLocalStorage({ key: 'plinth-drawer-width', defaultValue: 480 })
  const panel = useRef<HTMLElement>(null)
  const titleId = useId()
  useEffect(() => {
    panel.current?.focus({ preventScroll: true })
  }, [])
  return (
    <aside
      ref={panel}
      className={styles.drawer}
      style={{ width }}
      tabIndex={-1}
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.stopPropagation()
        onClose()
      }}
    >
      <ResizeHandle side="left" width={width} min={360} max={880} onResize={setWidth} label="Resize details" />
      <header className={styles.header}>
        <h3 id={titleId} className={styles.title}>
          {title}
        </h3>
        {actions}
        <ActionIcon aria-label="Close details" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  )
}

import { ActionIcon } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import styles from './graphql.module.css'
import { titleOf } from './operations.ts'
import type { Tab } from './workspace.ts'

/** The open documents. Arrow keys move between them, Delete closes one. */
export function TabBar({
  tabs,
  active,
  onChoose,
  onOpen,
  onClose,
}: {
  tabs: readonly Tab[]
  active: string
  onChoose: (id: string) => void
  onOpen: () => void
  onClose: (id: string) => void
}) {
  return (
    <div className={styles.tabs}>
      <div role="tablist" aria-label="Documents" className={styles.tabList}>
        {tabs.map((tab, index) => {
          const title = titleOf(tab.document)
          const isActive = tab.id === active
          return (
            <span key={tab.id} className={styles.tab} data-active={isActive || undefined}>
              <button
                type="button"
                role="tab"
                aria-selected={isActive}
                tabIndex={isActive ? 0 : -1}
                className={styles.tabName}
                onClick={() => onChoose(tab.id)}
                onAuxClick={(event) => {
                  if (event.button === 1) onClose(tab.id)
                }}
                onKeyDown={(event) => {
                  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
                  if (event.key === 'Delete') onClose(tab.id)
                  const next = tabs[index + step]
                  if (step === 0 || next === undefined) return
                  const list = event.currentTarget.closest('[role=tablist]')
                  onChoose(next.id)
                  list?.querySelectorAll<HTMLElement>('[role=tab]')[index + step]?.focus()
                }}
              >
                {title}
              </button>
              {tabs.length === 1 && tab.document === '' ? null : (
                <ActionIcon size={20} aria-label={`Close ${title}`} tabIndex={isActive ? 0 : -1} onClick={() => onClose(tab.id)}>
                  <IconX size={12} />
                </ActionIcon>
              )}
            </span>
          )
        })}
      </div>
      <ActionIcon size={26} aria-label="New document" onClick={onOpen}>
        <IconPlus size={15} />
      </ActionIcon>
    </div>
  )
}

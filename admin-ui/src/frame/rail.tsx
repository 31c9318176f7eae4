import { Kbd, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  IconBrightness,
  IconKeyboard,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
  IconUserCircle,
  type Icon,
} from '@tabler/icons-react'
import { lazy, type ReactElement, Suspense, useRef, useState } from 'react'
import { projectQuery } from '../api/project.ts'
import { sessionQuery } from '../api/session.ts'
import { Mark } from './mark.tsx'
import styles from './rail.module.css'
import { sections } from './sections.ts'

const RailMenu = lazy(() => import('./rail-menu.tsx'))

const searchKeys = navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'

/** The one level of navigation. */
export function Rail({
  collapsed,
  fixed,
  onToggle,
  onSearch,
  onShortcuts,
}: {
  collapsed: boolean
  /** On a narrow screen it stays collapsed. */
  fixed: boolean
  onToggle: () => void
  onSearch: () => void
  onShortcuts: () => void
}) {
  const project = useQuery(projectQuery)
  const session = useQuery(sessionQuery)
  return (
    <nav className={styles.rail} data-collapsed={collapsed || undefined} aria-label="Sections">
      <div className={styles.brand}>
        <Mark />
        <span className={styles.name} title={project.data?.name}>
          {project.data?.name ?? 'Plinth'}
        </span>
      </div>
      <div className={styles.sections}>
        {sections.map(({ to, label, icon: Icon }) => (
          <Named key={to} label={label} collapsed={collapsed}>
            <Link
              to={to}
              className={styles.item}
              activeProps={{ 'data-active': true }}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              aria-label={label}
            >
              <Icon size={16} stroke={1.7} aria-hidden />
              <span className={styles.label}>{label}</span>
            </Link>
          </Named>
        ))}
      </div>
      <div className={styles.foot}>
        <Named label={`Search (${searchKeys})`} collapsed={collapsed}>
          <button type="button" className={styles.item} onClick={onSearch} aria-label="Search">
            <IconSearch size={16} stroke={1.7} aria-hidden />
            <span className={styles.label}>Search</span>
            <Kbd className={styles.keys}>{searchKeys}</Kbd>
          </button>
        </Named>
        <Named label="Keyboard shortcuts (?)" collapsed={collapsed}>
          <button type="button" className={styles.item} onClick={onShortcuts} aria-label="Keyboard shortcuts">
            <IconKeyboard size={16} stroke={1.7} aria-hidden />
            <span className={styles.label}>Shortcuts</span>
            <Kbd className={styles.keys}>?</Kbd>
          </button>
        </Named>
        <MenuButton kind="theme" label="Theme" icon={IconBrightness} collapsed={collapsed} />
        <MenuButton kind="account" label={session.data?.owner.email ?? 'Account'} icon={IconUserCircle} collapsed={collapsed} />
        {fixed ? null : (
          <Named label={collapsed ? 'Expand the rail ([)' : 'Collapse the rail ([)'} collapsed={collapsed}>
            <button
              type="button"
              className={styles.item}
              onClick={onToggle}
              aria-label={collapsed ? 'Expand the rail' : 'Collapse the rail'}
              aria-expanded={!collapsed}
            >
              {collapsed ? (
                <IconLayoutSidebarLeftExpand size={16} stroke={1.7} aria-hidden />
              ) : (
                <IconLayoutSidebarLeftCollapse size={16} stroke={1.7} aria-hidden />
              )}
              <span className={styles.label}>Collapse</span>
            </button>
          </Named>
        )}
      </div>
    </nav>
  )
}

function Named({ label, collapsed, children }: { label: string; collapsed: boolean; children: ReactElement }) {
  return (
    <Tooltip label={label} position="right" disabled={!collapsed} openDelay={0}>
      {children}
    </Tooltip>
  )
}

function MenuButton({
  kind,
  label,
  icon: Symbol,
  collapsed,
}: {
  kind: 'theme' | 'account'
  label: string
  icon: Icon
  collapsed: boolean
}) {
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <div className={styles.menuPlace}>
      <Named label={label} collapsed={collapsed && !opened}>
        <button
          ref={button}
          type="button"
          className={styles.item}
          aria-label={kind === 'account' ? `Account: ${label}` : label}
          aria-haspopup="menu"
          aria-expanded={opened}
          // The open menu closes on presses elsewhere; a press on its own button must reach the click below.
          onMouseDown={(event) => event.stopPropagation()}
          onTouchStart={(event) => event.stopPropagation()}
          onClick={() => setOpened(!opened)}
        >
          <Symbol size={16} stroke={1.7} aria-hidden />
          <span className={styles.label}>{label}</span>
        </button>
      </Named>
      {opened ? (
        <Suspense>
          <RailMenu kind={kind} anchor={button} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </div>
  )
}

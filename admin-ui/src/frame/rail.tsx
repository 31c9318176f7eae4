import { Kbd, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconKeyboard, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { projectQuery } from '../api/project.ts'
import { AccountMenu } from './account-menu.tsx'
import { Mark } from './mark.tsx'
import styles from './rail.module.css'
import { sections } from './sections.ts'
import { ThemeMenu } from './theme-menu.tsx'

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
            <Link to={to} className={styles.item} activeProps={{ 'data-active': true }} activeOptions={{ exact: to === '/', includeSearch: false }} aria-label={label}>
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
        <ThemeMenu collapsed={collapsed} />
        <AccountMenu collapsed={collapsed} />
        {fixed ? null : (
          <Named label={collapsed ? 'Expand the rail ([)' : 'Collapse the rail ([)'} collapsed={collapsed}>
            <button type="button" className={styles.item} onClick={onToggle} aria-label={collapsed ? 'Expand the rail' : 'Collapse the rail'} aria-expanded={!collapsed}>
              {collapsed ? <IconLayoutSidebarLeftExpand size={16} stroke={1.7} aria-hidden /> : <IconLayoutSidebarLeftCollapse size={16} stroke={1.7} aria-hidden />}
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

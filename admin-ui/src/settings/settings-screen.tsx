import '../design/kit-styles.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { IconAdjustments, IconKey } from '@tabler/icons-react'
import { PaneList } from '../frame/pane-list.tsx'
import { Split } from '../frame/split.tsx'
import styles from '../frame/split.module.css'
import { wordsOf } from './field-words.ts'
import { areasQuery } from './settings-queries.ts'

/** Keys, and one page for each area of settings that the server offers. */
export function SettingsScreen() {
  const areas = useQuery(areasQuery)
  return (
    <Split
      name="settings"
      label="Settings"
      list={
        <>
          <div className={styles.head}>
            <h3>Settings</h3>
          </div>
          <div style={{ height: 8 }} />
          <PaneList label="Settings">
            <li>
              <Link to="/settings/keys" className={styles.item} activeProps={{ 'data-active': true }}>
                <IconKey size={15} aria-hidden />
                <span className={styles.itemName}>Keys</span>
              </Link>
            </li>
            {(areas.data ?? []).map((area) => (
              <li key={area}>
                <Link to="/settings/$area" params={{ area }} className={styles.item} activeProps={{ 'data-active': true }}>
                  <IconAdjustments size={15} aria-hidden />
                  <span className={styles.itemName}>{wordsOf(area)}</span>
                </Link>
              </li>
            ))}
          </PaneList>
        </>
      }
    >
      <Outlet />
    </Split>
  )
}

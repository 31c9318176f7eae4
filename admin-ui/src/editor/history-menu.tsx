import { Button, Menu } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { RelativeTime } from '../design/relative-time.tsx'
import styles from './editor.module.css'
import type { HistoryEntry } from './run-history.ts'

/** What was run before in this browser. */
export function HistoryMenu<E extends HistoryEntry>({ entries, onChoose }: { entries: readonly E[]; onChoose: (entry: E) => void }) {
  return (
    <Menu width={420} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconHistory size={14} />} disabled={entries.length === 0}>
          History
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.history}>
        {entries.map((entry) => (
          <Menu.Item key={entry.at + entry.text} onClick={() => onChoose(entry)}>
            <code className={styles.historyText}>{entry.text.replace(/\s+/g, ' ')}</code>
            <span className={styles.historyNote}>
              {entry.ok ? '' : 'Failed, '}
              <RelativeTime at={entry.at} />
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

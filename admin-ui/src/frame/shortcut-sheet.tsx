import '../design/kit-styles.ts'
import { Kbd, Modal } from '@mantine/core'
import { sections } from './sections.ts'
import styles from './shortcut-sheet.module.css'

const groups: { title: string; rows: [keys: string[], meaning: string][] }[] = [
  {
    title: 'Everywhere',
    rows: [
      [['Ctrl', 'K'], 'Search tables, pages, actions, users'],
      [['?'], 'Show this list'],
      [['/'], 'Filter the list or the grid'],
      [['['], 'Collapse or expand the rail'],
      [['Esc'], 'Close the topmost panel'],
    ],
  },
  { title: 'Go to', rows: sections.map((section) => [['g', section.key], section.label]) },
  {
    title: 'Grid',
    rows: [
      [['↑', '↓', '←', '→'], 'Move between cells'],
      [['Enter'], 'Edit the cell, save the edit'],
      [['Tab'], 'Save and move right'],
      [['Esc'], 'Discard the edit'],
      [['Space'], 'Select the row'],
      [['Ctrl', 'C'], 'Copy the cell'],
      [['Ctrl', 'Z'], 'Undo the last staged edit'],
      [['Ctrl', 'S'], 'Save staged edits'],
    ],
  },
  {
    title: 'SQL',
    rows: [
      [['Ctrl', 'Enter'], 'Run the selection, or everything'],
      [['Ctrl', 'Space'], 'Complete'],
    ],
  },
  {
    title: 'GraphQL',
    rows: [
      [['Ctrl', 'Enter'], 'Run the operation at the cursor'],
      [['Ctrl', 'Space'], 'Complete'],
      [['Shift', 'Alt', 'F'], 'Prettify'],
      [['Ctrl', 'Click'], 'Show in the schema'],
    ],
  },
]

/** All keyboard shortcuts. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size={720}>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className={styles.title}>{group.title}</h3>
            <dl className={styles.rows}>
              {group.rows.map(([keys, meaning]) => (
                <div key={meaning} className={styles.row}>
                  <dt>{meaning}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}

import { useDisclosure, useHotkeys, useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import styles from './app-frame.module.css'
import { Rail } from './rail.tsx'
import { useSectionKeys } from './section-keys.ts'

const CommandPalette = lazy(() => import('./command-palette.tsx'))
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'))

/** Rail on the left, the screen on the right. The palette and the list of shortcuts are loaded at first use. */
export function AppFrame() {
  const narrow = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false })
  const [collapsed, setCollapsed] = useLocalStorage({ key: 'plinth-rail-collapsed', defaultValue: false, getInitialValueInEffect: false })
  const [palette, paletteControl] = useDisclosure(false)
  const [shortcuts, shortcutsControl] = useDisclosure(false)
  useSectionKeys()
  useHotkeys(
    [
      ['mod+K', paletteControl.open],
      ['shift+?', shortcutsControl.open],
      ['?', shortcutsControl.open],
      ['[', () => setCollapsed((before) => !before)],
    ],
    ['INPUT', 'TEXTAREA', 'SELECT'],
  )
  // The palette must open from inside inputs and the SQL editor too.
  useHotkeys([['mod+K', paletteControl.open]], [], true)
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#screen">
        Skip to content
      </a>
      <Rail
        collapsed={narrow || collapsed}
        fixed={narrow}
        onToggle={() => setCollapsed(!collapsed)}
        onSearch={paletteControl.open}
        onShortcuts={shortcutsControl.open}
      />
      <main id="screen" className={styles.screen} tabIndex={-1}>
        <Outlet />
      </main>
      <Suspense>
        {palette ? <CommandPalette onClose={paletteControl.close} onShortcuts={shortcutsControl.open} /> : null}
        {shortcuts ? <ShortcutSheet onClose={shortcutsControl.close} /> : null}
      </Suspense>
    </div>
  )
}

import { Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { Delayed } from './delayed.tsx'
import styles from './status-bar.module.css'

/** One line above a result: what a run gave, and what can be done with it after {@link StatusSpace}. */
export function StatusBar({ children }: { children: ReactNode }) {
  return (
    <div className={styles.bar} role="status">
      {children}
    </div>
  )
}

/** What follows stands at the end of the line. */
export function StatusSpace() {
  return <span className={styles.space} />
}

/** While a run has not answered yet; not shown for the first moment. */
export function RunningBar() {
  return (
    <StatusBar>
      <Delayed>
        <Loader size={14} />
        <span>Running</span>
      </Delayed>
    </StatusBar>
  )
}

import type { ReactNode } from 'react'
import styles from './page.module.css'

/** A screen: header of 48 px with the title left and actions right, tabs under it when there are any, and the body. */
export function Page({
  title,
  actions,
  tabs,
  children,
  scroll = true,
}: {
  title: ReactNode
  actions?: ReactNode
  tabs?: ReactNode
  children: ReactNode
  /** False when the body scrolls inside itself, as grids do. */
  scroll?: boolean
}) {
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div className={styles.title}>{typeof title === 'string' ? <h1>{title}</h1> : title}</div>
        <div className={styles.actions}>{actions}</div>
      </header>
      {tabs}
      <div className={styles.body} data-scroll={scroll || undefined}>
        {children}
      </div>
    </div>
  )
}

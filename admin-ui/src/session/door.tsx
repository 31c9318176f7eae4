import type { ReactNode } from 'react'
import { Mark } from '../frame/mark.tsx'
import styles from './door.module.css'

/** The page before the console: set-up and sign-in. */
export function Door({ title, lead, children, foot }: { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode }) {
  return (
    <main className={styles.door}>
      <div className={styles.panel}>
        <div className={styles.brand}>
          <Mark size={28} />
          <span>Plinth</span>
        </div>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        <div className={styles.content}>{children}</div>
        {foot === undefined ? null : <div className={styles.foot}>{foot}</div>}
      </div>
    </main>
  )
}

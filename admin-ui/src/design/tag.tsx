import type { ReactNode } from 'react'
import styles from './tag.module.css'

/** A small word beside a name: a type, a role, "RLS". */
export function Tag({
  tone = 'neutral',
  children,
  title,
}: {
  tone?: 'neutral' | 'accent' | 'good' | 'warn' | 'bad'
  children: ReactNode
  title?: string
}) {
  return (
    <span className={styles.tag} data-tone={tone} title={title}>
      {children}
    </span>
  )
}

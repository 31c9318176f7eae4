import type { ReactNode } from 'react'
import { CodeBlock } from './code-block.tsx'
import styles from './empty-state.module.css'

/** Says in one sentence what a place is for, offers the next action, and the same as code. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  code,
  codeLabel = 'the code',
}: {
  icon?: ReactNode
  title: string
  children: ReactNode
  action?: ReactNode
  code?: string
  codeLabel?: string
}) {
  return (
    <div className={styles.place}>
      <div className={styles.state}>
        {icon === undefined ? null : <div className={styles.icon}>{icon}</div>}
        <h2>{title}</h2>
        <p className={styles.sentence}>{children}</p>
        {action === undefined ? null : <div className={styles.action}>{action}</div>}
        {code === undefined ? null : (
          <div className={styles.code}>
            <CodeBlock code={code} label={codeLabel} />
          </div>
        )}
      </div>
    </div>
  )
}

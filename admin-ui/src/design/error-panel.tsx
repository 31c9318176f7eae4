import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { remedyOf, toApiError } from '../api/api-error.ts'
import { CopyButton } from './copy-button.tsx'
import styles from './error-panel.module.css'

/** What happened, why, what to do, the request id; the raw text folds out. */
export function ErrorPanel({ title, error, onRetry }: { title: string; error: unknown; onRetry?: () => void }) {
  const failure = toApiError(error)
  const raw = [failure.detail, failure.sqlstate === undefined ? '' : `SQLSTATE ${failure.sqlstate}`, `${failure.code} (${failure.status})`]
    .filter((line) => line !== undefined && line !== '')
    .join('\n')
  return (
    <div className={styles.panel} role="alert">
      <IconAlertTriangle size={16} className={styles.icon} aria-hidden />
      <div className={styles.body}>
        <h3>{title}</h3>
        <p className={styles.why}>{failure.message}</p>
        <p className={styles.remedy}>{remedyOf(failure)}</p>
        <div className={styles.foot}>
          {onRetry === undefined ? null : (
            <Button size="xs" variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          {failure.requestId === undefined ? null : (
            <span className={styles.request}>
              Request <code>{failure.requestId}</code>
              <CopyButton value={failure.requestId} label="request id" size={22} />
            </span>
          )}
          <details className={styles.raw}>
            <summary>Details</summary>
            <pre>{raw}</pre>
          </details>
        </div>
      </div>
    </div>
  )
}

import type { SqlResult } from '#admin-api'
import { Button } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import type { ApiError } from '../api/api-error.ts'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { formatCount, formatDuration, plural } from '../design/format.ts'
import { toastDone } from '../design/toast.ts'
import { toCsv } from '../tables/rows/to-csv.ts'
import { ResultGrid } from './result-grid.tsx'
import { RunningBar, StatusBar, StatusSpace } from '../design/status-bar.tsx'
import styles from './sql.module.css'

export type Outcome =
  | { state: 'none' }
  | { state: 'running' }
  | { state: 'done'; result: SqlResult }
  | { state: 'failed'; error: ApiError; line: { line: number; column: number } | undefined }

/** What the last run gave. */
export function SqlOutcome({ outcome, onRetry }: { outcome: Outcome; onRetry: () => void }) {
  switch (outcome.state) {
    case 'none':
      return (
        <EmptyState title="Results appear here">
          Write SQL above and run it with Ctrl+Enter. A selection runs alone. A script is one transaction: all of it or nothing.
        </EmptyState>
      )
    case 'running':
      return <RunningBar />
    case 'failed':
      return (
        <div className={styles.pad}>
          <ErrorPanel
            title={
              outcome.line === undefined
                ? 'The script failed'
                : `The script failed at line ${outcome.line.line}, column ${outcome.line.column}`
            }
            error={outcome.error}
            onRetry={onRetry}
          />
        </div>
      )
    case 'done':
      return <Done result={outcome.result} />
  }
}

function Done({ result }: { result: SqlResult }) {
  const names = result.columns.map((column) => column.name)
  const asObjects = () => result.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])))
  const copy = async (text: string, form: string) => {
    await navigator.clipboard.writeText(text)
    toastDone(`${plural(result.rows.length, 'row')} copied as ${form}`)
  }
  return (
    <>
      <StatusBar>
        <IconCircleCheck size={15} color="var(--good)" aria-hidden />
        <span>
          {result.command}{' '}
          {result.columns.length > 0
            ? plural(result.rowCount, 'row')
            : result.rowCount > 0
              ? `changed ${plural(result.rowCount, 'row')}`
              : 'done'}
        </span>
        <span>{formatDuration(result.durationMs)}</span>
        {result.truncated ? (
          <span style={{ color: 'var(--warn)' }}>Only the first {formatCount(result.rows.length)} rows are shown</span>
        ) : null}
        <StatusSpace />
        {result.rows.length > 0 ? (
          <>
            <Button size="compact-xs" variant="default" onClick={() => void copy(JSON.stringify(asObjects(), null, 2), 'JSON')}>
              Copy as JSON
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => void copy(toCsv(names, asObjects()), 'CSV')}>
              Copy as CSV
            </Button>
          </>
        ) : null}
      </StatusBar>
      {result.notices.length === 0 ? null : <pre className={styles.notices}>{result.notices.join('\n')}</pre>}
      {result.columns.length === 0 ? null : <ResultGrid result={result} />}
    </>
  )
}

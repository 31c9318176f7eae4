import type { Applied } from '#admin-api'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { IconAlertTriangle, IconLock, IconLockOpen } from '@tabler/icons-react'
import { admin } from '../../api/admin.ts'
import { toApiError } from '../../api/api-error.ts'
import { CodeBlock } from '../../design/code-block.tsx'
import styles from './change-preview.module.css'

/** A change that the server can plan without doing it. */
export interface PlannedChange {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

/** Does the change. */
export function applyChange(change: PlannedChange): Promise<Applied> {
  return admin<Applied>(change.method, change.path, { body: change.body })
}

const lockWords: Record<string, string> = {
  'ACCESS EXCLUSIVE': 'Blocks all reading and writing of the table while it runs',
  'SHARE ROW EXCLUSIVE': 'Blocks writing to the tables it touches while it runs',
  SHARE: 'Blocks writing to the table while it runs',
  'SHARE UPDATE EXCLUSIVE': 'Blocks no reading and no writing',
}

/** The SQL of a change, its lock and its warnings, kept up to date while the form is filled in. */
export function ChangePreview({
  change,
  waiting,
  title = 'What will run',
  isSettled = () => false,
}: {
  change: PlannedChange | undefined
  waiting: string
  title?: string
  /** Warnings that a later change of the same form takes care of. */
  isSettled?: (warning: string) => boolean
}) {
  const [settled] = useDebouncedValue(change, 250)
  const plan = useQuery({
    queryKey: ['plan', settled],
    queryFn: ({ signal }) => admin<Applied>(settled!.method, settled!.path, { body: settled!.body, query: { dryRun: true }, signal }),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
    gcTime: 10_000,
  })
  const shown = change === undefined ? undefined : plan.data
  return (
    <section className={styles.preview} aria-label={title} aria-live="polite">
      <h3>{title}</h3>
      {plan.isError && change !== undefined ? (
        <p className={styles.fault}>{toApiError(plan.error).message}</p>
      ) : shown === undefined ? (
        <p className={styles.waiting}>{waiting}</p>
      ) : (
        <>
          <CodeBlock code={shown.sql} label="the SQL" maxHeight={360} wrap />
          <p className={styles.lock}>
            {shown.lock === null ? <IconLockOpen size={14} aria-hidden /> : <IconLock size={14} aria-hidden />}
            {shown.lock === null ? 'Locks no existing table' : `${shown.lock}: ${lockWords[shown.lock] ?? 'taken while it runs'}`}
          </p>
          {shown.warnings
            .filter((warning) => !isSettled(warning))
            .map((warning) => (
              <p key={warning} className={styles.warning}>
                <IconAlertTriangle size={14} aria-hidden />
                {warning}
              </p>
            ))}
        </>
      )}
    </section>
  )
}

import '../design/kit-styles.ts'
import type { SqlInput, SqlResult } from '#admin-api'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { admin } from '../api/admin.ts'
import { ApiError, toApiError } from '../api/api-error.ts'
import { schemaChanged, schemaQuery } from '../api/schema.ts'
import { HistoryMenu } from '../editor/history-menu.tsx'
import { RunButton } from '../editor/run-button.tsx'
import { addToHistory, type HistoryEntry, readHistory } from '../editor/run-history.ts'
import { Page } from '../frame/page.tsx'
import { asOwner, RunAs, type RunRole } from '../run-as/run-as.tsx'
import { ConfirmRun } from './confirm-run.tsx'
import { type Danger, findDangers } from './destructive.ts'
import { completionNamespace } from './namespace.ts'
import { SqlEditor, type SqlEditorHandle } from './sql-editor.tsx'
import { historyKey, keepDraft, readDraft } from './sql-memory.ts'
import { SqlOutcome, type Outcome } from './sql-outcome.tsx'
import styles from './sql.module.css'

/** SQL against the project's database: editor above, outcome below. */
export function SqlScreen() {
  const overview = useQuery(schemaQuery)
  const queries = useQueryClient()
  const namespace = useMemo(() => completionNamespace(overview.data), [overview.data])
  const editor = useRef<SqlEditorHandle>(null)
  const [outcome, setOutcome] = useState<Outcome>({ state: 'none' })
  const [history, setHistory] = useState(() => readHistory<HistoryEntry>(historyKey))
  const [runAs, setRunAs] = useState<RunRole>(asOwner)
  const [asking, setAsking] = useState<{ text: string; from: number; dangers: Danger[] } | undefined>(undefined)
  const running = useRef<AbortController>(null)

  const run = async (text: string, from: number) => {
    setAsking(undefined)
    editor.current?.markError(undefined)
    const control = new AbortController()
    running.current = control
    setOutcome({ state: 'running' })
    const body: SqlInput = { query: text, ...(runAs.role === null ? {} : { role: runAs.role, claims: runAs.claims }) }
    try {
      const result = await admin<SqlResult>('POST', '/sql', { body, signal: control.signal })
      setOutcome({ state: 'done', result })
      setHistory(addToHistory(historyKey, { text, at: new Date().toISOString(), ok: true }))
      if (!/^(select|show|explain)/i.test(result.command)) void schemaChanged(queries)
    } catch (failure) {
      const error = control.signal.aborted
        ? new ApiError('You stopped the script. Nothing of it was kept.', {
            status: 0,
            code: 'stopped',
            hint: 'Run it again when you are ready.',
          })
        : toApiError(failure)
      setOutcome({ state: 'failed', error, line: error.position === undefined ? undefined : lineOf(text, error.position) })
      setHistory(addToHistory(historyKey, { text, at: new Date().toISOString(), ok: false }))
      if (error.position !== undefined) editor.current?.markError(from + error.position - 1)
    } finally {
      running.current = null
    }
  }
  const start = () => {
    const { text, from } = editor.current?.toRun() ?? { text: '', from: 0 }
    if (text.trim() === '' || running.current !== null) return
    const dangers = findDangers(text)
    if (dangers.length > 0) setAsking({ text, from, dangers })
    else void run(text, from)
  }
  const busy = outcome.state === 'running'
  return (
    <Page
      title="SQL"
      scroll={false}
      actions={
        <>
          <HistoryMenu entries={history} onChoose={(entry) => editor.current?.replace(entry.text)} />
          <RunAs value={runAs} roles={overview.data?.roles ?? []} owner onChange={setRunAs} />
          <RunButton busy={busy} onRun={start} onStop={() => running.current?.abort()} />
        </>
      }
    >
      <div className={styles.halves}>
        <div className={styles.editor}>
          <SqlEditor handle={editor} initial={readDraft()} namespace={namespace} onChange={keepDraft} onRun={start} />
        </div>
        <div className={styles.outcome}>
          <SqlOutcome outcome={outcome} onRetry={start} />
        </div>
      </div>
      {asking === undefined ? null : (
        <ConfirmRun dangers={asking.dangers} onRun={() => void run(asking.text, asking.from)} onClose={() => setAsking(undefined)} />
      )}
    </Page>
  )
}

function lineOf(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position - 1).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

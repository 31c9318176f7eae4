import type { GraphqlExplanation } from '#admin-api'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconBroadcast, IconChevronLeft, IconChevronRight, IconCircleCheck, IconCircleOff } from '@tabler/icons-react'
import { useMemo, useRef } from 'react'
import { CopyButton } from '../design/copy-button.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { formatBytes, formatCount, formatDuration } from '../design/format.ts'
import { Explanation } from './explanation.tsx'
import { RunningBar, StatusBar, StatusSpace } from '../design/status-bar.tsx'
import styles from './graphql.module.css'
import { indentJson } from './json-text.ts'
import { JsonView, type JsonViewHandle } from './json-view.tsx'
import type { Answer } from './transport.ts'

/** What the last run of a tab gave. */
export type Outcome =
  | { readonly state: 'none' }
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly answer: Answer }
  | { readonly state: 'explained'; readonly fields: readonly GraphqlExplanation[]; readonly role: string }
  | { readonly state: 'live'; readonly answers: readonly Answer[]; readonly count: number; readonly ended: boolean; readonly shown: number }
  | { readonly state: 'failed'; readonly error: unknown }

export function ResultPane({
  outcome,
  onRetry,
  onShow,
}: {
  outcome: Outcome
  onRetry: () => void
  /** Shows another result of a subscription. */
  onShow: (index: number) => void
}) {
  switch (outcome.state) {
    case 'none':
      return (
        <EmptyState title="Results appear here">Write an operation and run it with Ctrl+Enter, as the role that you choose.</EmptyState>
      )
    case 'running':
      return <RunningBar />
    case 'failed':
      return (
        <div className={styles.pad}>
          <ErrorPanel title="The operation could not be sent" error={outcome.error} onRetry={onRetry} />
        </div>
      )
    case 'answered':
      return <OneAnswer answer={outcome.answer} />
    case 'explained':
      return <Explanation fields={outcome.fields} role={outcome.role} />
    case 'live':
      return <LiveAnswers outcome={outcome} onShow={onShow} />
  }
}

function OneAnswer({ answer }: { answer: Answer }) {
  return (
    <AnswerView answer={answer}>
      {answer.failed ? (
        <>
          <IconAlertTriangle size={15} color="var(--bad)" aria-hidden />
          <span className={styles.bad}>Refused</span>
        </>
      ) : (
        <>
          <IconCircleCheck size={15} color="var(--good)" aria-hidden />
          <span>Answered</span>
        </>
      )}
      {answer.status === 200 ? null : <span>HTTP {answer.status}</span>}
      <span>{formatDuration(answer.durationMs)}</span>
    </AnswerView>
  )
}

function LiveAnswers({ outcome, onShow }: { outcome: Extract<Outcome, { state: 'live' }>; onShow: (index: number) => void }) {
  const { answers, count, ended, shown } = outcome
  const answer = answers[shown]
  const state = (
    <>
      {ended ? (
        <IconCircleOff size={15} color="var(--text-dim)" aria-hidden />
      ) : (
        <IconBroadcast size={15} color="var(--good)" aria-hidden />
      )}
      <span>{ended ? 'Ended' : 'Live'}</span>
      <span>{count === 1 ? '1 result' : `${formatCount(count)} results`}</span>
    </>
  )
  if (answer === undefined) {
    return (
      <StatusBar>
        {state}
        <span>{ended ? '' : 'Waiting for the first one'}</span>
      </StatusBar>
    )
  }
  return (
    <AnswerView answer={answer}>
      {state}
      <span className={styles.steps}>
        <ActionIcon size={22} aria-label="Earlier result" disabled={shown === 0} onClick={() => onShow(shown - 1)}>
          <IconChevronLeft size={14} />
        </ActionIcon>
        <ActionIcon size={22} aria-label="Later result" disabled={shown === answers.length - 1} onClick={() => onShow(shown + 1)}>
          <IconChevronRight size={14} />
        </ActionIcon>
      </span>
    </AnswerView>
  )
}

function AnswerView({ answer, children }: { answer: Answer; children: React.ReactNode }) {
  const view = useRef<JsonViewHandle>(null)
  const text = useMemo(() => indentJson(answer.text), [answer.text])
  return (
    <>
      <StatusBar>
        {children}
        <span>{formatBytes(answer.bytes)}</span>
        <StatusSpace />
        {answer.failed ? null : (
          <>
            <Button size="compact-xs" variant="default" onClick={() => view.current?.fold()}>
              Fold rows
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => view.current?.unfold()}>
              Unfold
            </Button>
          </>
        )}
        {answer.requestId === undefined || !answer.failed ? null : (
          <Tooltip label={`Request ${answer.requestId}`}>
            <span className={styles.request}>
              Request
              <CopyButton value={answer.requestId} label="request id" />
            </span>
          </Tooltip>
        )}
        <CopyButton value={text} label="the result" />
      </StatusBar>
      <div className={styles.json}>
        <JsonView text={text} label="Result" handle={view} />
      </div>
    </>
  )
}

// Runs operations and keeps what each tab was answered.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import type { RunRole } from '../run-as/run-as.tsx'
import type { GraphqlExplanation } from '#admin-api'
import type { Outcome } from './result-pane.tsx'
import { type Answer, explain, follow, type Operation, send } from './transport.ts'

/** Results of a subscription that are kept to look back at. */
const answersMax = 100

export function useRuns() {
  const queries = useQueryClient()
  const [outcomes, setOutcomes] = useState<Readonly<Record<string, Outcome>>>({})
  const running = useRef(new Map<string, AbortController>())
  useEffect(() => {
    const all = running.current
    return () => {
      for (const control of all.values()) control.abort()
    }
  }, [])

  const set = (id: string, next: (now: Outcome) => Outcome) => setOutcomes((all) => ({ ...all, [id]: next(all[id] ?? { state: 'none' }) }))

  /** Does one thing for a tab; what ran there before is stopped. */
  const start = async (id: string, work: (signal: AbortSignal) => Promise<Outcome | undefined>): Promise<boolean> => {
    running.current.get(id)?.abort()
    const control = new AbortController()
    running.current.set(id, control)
    set(id, () => ({ state: 'running' }))
    try {
      const outcome = await work(control.signal)
      if (outcome !== undefined && !control.signal.aborted) set(id, () => outcome)
      return outcome?.state !== 'answered' || !outcome.answer.failed
    } catch (error) {
      if (running.current.get(id) !== control) return false
      if (control.signal.aborted) set(id, (now) => (now.state === 'live' ? { ...now, ended: true } : { state: 'failed', error: stopped() }))
      else set(id, (now) => (now.state === 'live' && now.answers.length > 0 ? { ...now, ended: true } : { state: 'failed', error }))
      return false
    } finally {
      if (running.current.get(id) === control) running.current.delete(id)
      // Drawn again, so that the button offers to run.
      set(id, (now) => ({ ...now }))
    }
  }

  const answered = (answer: Answer): Outcome => {
    // A field may be missing because it is newer than the schema in this page.
    if (answer.failed && answer.text.includes('not found in type')) void queries.invalidateQueries({ queryKey: ['schema'] })
    return { state: 'answered', answer }
  }

  return {
    outcome: (id: string): Outcome => outcomes[id] ?? { state: 'none' },
    isRunning: (id: string): boolean => running.current.has(id),
    run: (id: string, operation: Operation, as: RunRole) => start(id, async (signal) => answered(await send(operation, as, signal))),
    subscribe: (id: string, operation: Operation, as: RunRole) =>
      start(id, async (signal) => {
        set(id, () => ({ state: 'live', answers: [], count: 0, ended: false, shown: 0 }))
        await follow(operation, as, signal, (answer) => {
          if (!signal.aborted) set(id, (now) => withAnswer(now, answer))
        })
        set(id, (now) => (now.state === 'live' ? { ...now, ended: true } : now))
        return undefined
      }),
    explain: (id: string, operation: Operation, as: RunRole) =>
      start(id, async (signal) => {
        const answer = await explain(operation, as, signal)
        const fields: unknown = JSON.parse(answer.text)
        return Array.isArray(fields)
          ? { state: 'explained', fields: fields as GraphqlExplanation[], role: as.role ?? '' }
          : { state: 'answered', answer: { ...answer, failed: true } }
      }),
    stop: (id: string) => running.current.get(id)?.abort(),
    show: (id: string, shown: number) => set(id, (now) => (now.state === 'live' ? { ...now, shown } : now)),
    forget: (id: string) => {
      running.current.get(id)?.abort()
      setOutcomes(({ [id]: _gone, ...rest }) => rest)
    },
  }
}

/** Adds a result. Who looks at the newest one goes on seeing the newest. */
function withAnswer(now: Outcome, answer: Answer): Outcome {
  if (now.state !== 'live') return now
  const isNewest = now.shown >= now.answers.length - 1
  const answers = [...now.answers, answer].slice(-answersMax)
  const dropped = now.answers.length + 1 - answers.length
  return { ...now, answers, count: now.count + 1, shown: isNewest ? answers.length - 1 : Math.max(0, now.shown - dropped) }
}

const stopped = () =>
  new ApiError('You stopped the operation.', { status: 0, code: 'stopped', hint: 'A mutation may have been done already.' })

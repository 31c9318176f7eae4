import { Button } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { projectQuery, requestsQuery } from '../api/project.ts'
import { isPlatformSchema, policiesQuery, schemaChanged, schemaQuery } from '../api/schema.ts'
import { ButtonLink } from '../frame/button-link.tsx'
import { CopyButton } from '../design/copy-button.tsx'
import { toastDone, toastFailed } from '../design/toast.ts'
import { usersQuery } from '../users/users-query.ts'
import { connectionSnippets } from './connection-snippets.ts'
import styles from './home.module.css'
import { loadSampleData } from './sample-data.ts'

/** The first five minutes. Each step ticks itself from the real state of the project. */
export function Checklist() {
  const schema = useQuery(schemaQuery)
  const policies = useQuery(policiesQuery)
  const requests = useQuery(requestsQuery)
  const users = useQuery(usersQuery({ search: '', page: 1 }))
  const project = useQuery(projectQuery)
  const own = (schema.data?.tables ?? []).filter((table) => table.kind === 'table' && !isPlatformSchema(table.schema))
  const [seen, setSeen] = useLocalStorage({ key: 'plinth-app-request-seen', defaultValue: false, getInitialValueInEffect: false })
  const fromApps = (requests.data ?? []).some((request) => request.role !== '' && request.role !== 'service_role' && request.status < 400)
  // The server keeps requests in memory only; what was once done stays ticked.
  useEffect(() => {
    if (fromApps) setSeen(true)
  }, [fromApps, setSeen])
  const states = {
    table: own.length > 0,
    policy: (policies.data ?? []).some((policy) => !isPlatformSchema(policy.schema)),
    request: fromApps || seen,
    user: (users.data?.total ?? 0) > 0,
  }
  const done = Object.values(states).filter(Boolean).length
  const closed = own.find((table) => table.policyCount === 0) ?? own[0]
  return (
    <section className={styles.section} aria-label="First steps" data-unfinished={done < 4 || undefined}>
      <div className={styles.sectionHead}>
        <h2>First steps</h2>
        <span className={styles.progress}>{done} of 4</span>
      </div>
      <ol className={styles.steps}>
        <Step done={states.table} title="Create a table" text="Or start from a small sample: authors, books and reviews.">
          <ButtonLink size="xs" to="/tables/new">
            Create table
          </ButtonLink>
          <SampleButton />
        </Step>
        <Step done={states.policy} title="Open it with a policy" text="Tables are closed until a policy says who may read and write.">
          <ButtonLink
            size="xs"
            variant={states.table ? 'filled' : 'default'}
            to="/policies"
            search={closed === undefined ? {} : { schema: closed.schema, table: closed.name }}
            disabled={closed === undefined}
          >
            Open a table
          </ButtonLink>
        </Step>
        <Step done={states.request} title="Call it from your app" text="Copy the lines into an app. The first request appears here live.">
          {project.data === undefined ? null : (
            <span style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}>
              Copy the JavaScript
              <CopyButton value={connectionSnippets(project.data).sdk} label="the JavaScript lines" />
            </span>
          )}
        </Step>
        <Step done={states.user} title="Add a user" text="People who sign up in your app appear under Users.">
          <ButtonLink size="xs" variant="default" to="/users" search={{ create: true }}>
            Create user
          </ButtonLink>
        </Step>
      </ol>
    </section>
  )
}

function Step({ done, title, text, children }: { done: boolean; title: string; text: string; children: ReactNode }) {
  return (
    <li className={styles.step} data-done={done || undefined}>
      {done ? (
        <IconCircleCheckFilled size={18} color="var(--good)" aria-hidden />
      ) : (
        <IconCircle size={18} color="var(--line-control)" stroke={1.5} aria-hidden />
      )}
      <div>
        <div className={styles.stepTitle}>
          {title}
          <span className="visually-hidden">{done ? ', done' : ', to do'}</span>
        </div>
        {done ? null : (
          <>
            <p className={styles.stepBody}>{text}</p>
            <div className={styles.stepActions}>{children}</div>
          </>
        )}
      </div>
    </li>
  )
}

function SampleButton() {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const load = async () => {
    setBusy(true)
    try {
      await loadSampleData()
      await schemaChanged(queries)
      toastDone('Sample data loaded: authors, books, reviews')
    } catch (error) {
      toastFailed('The sample was not loaded', error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="xs" variant="default" loading={busy} onClick={() => void load()}>
      Load sample
    </Button>
  )
}

import type { Policy, TableInfo } from '#admin-api'
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { IconShieldLock, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { admin, segments } from '../api/admin.ts'
import { policiesQuery, schemaChanged } from '../api/schema.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { Tag } from '../design/tag.tsx'
import { toastDone } from '../design/toast.ts'
import { CoverageGrid } from './coverage-grid.tsx'
import { CreatePolicyDialog } from './create-policy-dialog.tsx'
import { OpenTableDialog } from './open-table-dialog.tsx'
import styles from './policies.module.css'

/** Who may do what with one table, and the policies that say so. */
export function TablePolicies({ table }: { table: TableInfo }) {
  const all = useQuery(policiesQuery)
  const queries = useQueryClient()
  const [dialog, setDialog] = useState<'open' | 'create' | undefined>(undefined)
  const [dropping, setDropping] = useState<Policy | undefined>(undefined)
  const policies = (all.data ?? []).filter((policy) => policy.schema === table.schema && policy.table === table.name)
  return (
    <div className={styles.page}>
      <section className={styles.section}>
        <div className={styles.sectionHead}>
          <h2>Who may do what</h2>
        </div>
        <div className={styles.frame}>
          <CoverageGrid table={table} policies={policies} />
        </div>
      </section>
      <section className={styles.section}>
        <div className={styles.sectionHead}>
          <h2>Policies</h2>
          {policies.length === 0 ? null : (
            <span style={{ display: 'flex', gap: 8 }}>
              <Button variant="default" onClick={() => setDialog('create')}>
                Write policy
              </Button>
              <Button onClick={() => setDialog('open')}>Use template</Button>
            </span>
          )}
        </div>
        {all.isPending ? (
          <SkeletonRows rows={3} height={56} />
        ) : all.isError ? (
          <ErrorPanel title="The policies cannot be listed" error={all.error} onRetry={() => void all.refetch()} />
        ) : (
          <div className={styles.frame}>
            {policies.length === 0 ? (
              <EmptyState
                icon={<IconShieldLock size={20} />}
                title="This table is closed"
                action={
                  <>
                    <Button onClick={() => setDialog('open')}>Use template</Button>
                    <Button variant="default" onClick={() => setDialog('create')}>
                      Write policy
                    </Button>
                  </>
                }
              >
                Only the service role reads and writes it. A policy opens it for the people you name.
              </EmptyState>
            ) : (
              policies.map((policy) => (
                <article key={policy.name} className={styles.policy}>
                  <div className={styles.policyHead}>
                    <span className={styles.policyName}>{policy.name}</span>
                    <Tag tone="accent">{policy.command}</Tag>
                    {policy.roles.map((role) => (
                      <Tag key={role}>{role === 'public' ? 'every role' : role}</Tag>
                    ))}
                    {policy.permissive ? null : <Tag tone="warn">restrictive</Tag>}
                  </div>
                  <Tooltip label="Delete policy">
                    <ActionIcon aria-label={`Delete policy ${policy.name}`} onClick={() => setDropping(policy)}>
                      <IconTrash size={15} />
                    </ActionIcon>
                  </Tooltip>
                  <p className={styles.summary}>{policy.summary}</p>
                  <dl className={styles.expressions}>
                    {policy.using === null ? null : (
                      <>
                        <dt>using</dt>
                        <dd className="mono">{policy.using}</dd>
                      </>
                    )}
                    {policy.check === null ? null : (
                      <>
                        <dt>with check</dt>
                        <dd className="mono">{policy.check}</dd>
                      </>
                    )}
                  </dl>
                </article>
              ))
            )}
          </div>
        )}
      </section>
      {dialog === 'open' ? <OpenTableDialog table={table} onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'create' ? <CreatePolicyDialog table={table} onClose={() => setDialog(undefined)} /> : null}
      <ConfirmDialog
        opened={dropping !== undefined}
        title="Delete policy"
        action="Delete policy"
        onClose={() => setDropping(undefined)}
        onConfirm={async () => {
          if (dropping === undefined) return
          await admin('DELETE', `/policies${segments(dropping.schema, dropping.table, dropping.name)}`)
          await schemaChanged(queries)
          toastDone(`Policy ${dropping.name} deleted`)
        }}
      >
        {dropping?.roles.join(', ')} can no longer do what <b>{dropping?.name}</b> allows: {dropping?.summary}
      </ConfirmDialog>
    </div>
  )
}

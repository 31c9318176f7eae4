import '../design/kit-styles.ts'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Button, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconAlertTriangle, IconSearch, IconShieldLock } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { findTable, schemaQuery } from '../api/schema.ts'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { Page } from '../frame/page.tsx'
import { PaneList } from '../frame/pane-list.tsx'
import { Split } from '../frame/split.tsx'
import styles from '../frame/split.module.css'
import { TablePolicies } from './table-policies.tsx'

const route = getRouteApi('/app/policies')

/** Tables on the left with how many policies each has; the chosen one's access on the right. */
export function PoliciesScreen() {
  const search = route.useSearch()
  const overview = useQuery(schemaQuery)
  const [wanted, setWanted] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => field.current?.focus()]])
  const tables = (overview.data?.tables ?? []).filter((table) => table.kind === 'table' || table.kind === 'partitioned_table')
  const first = tables[0]
  const chosen = search.table === undefined ? first : findTable(overview.data, search.schema ?? 'public', search.table)
  const shown = tables.filter((table) => table.name.toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <Split
      name="policies"
      label="Tables"
      list={
        <>
          <div className={styles.head}>
            <h3>Policies</h3>
          </div>
          <div className={styles.tools}>
            <TextInput
              ref={field}
              aria-label="Find a table"
              placeholder="Find a table"
              leftSection={<IconSearch size={14} />}
              value={wanted}
              onChange={(event) => setWanted(event.currentTarget.value)}
            />
          </div>
          {overview.isPending ? (
            <SkeletonRows height={30} />
          ) : (
            <PaneList label="Tables">
              {shown.map((table) => (
                <li key={`${table.schema}.${table.name}`}>
                  <Link
                    to="/policies"
                    search={{ schema: table.schema, table: table.name }}
                    className={styles.item}
                    data-active={table === chosen || undefined}
                  >
                    {table.rowSecurity ? (
                      <IconShieldLock size={15} aria-hidden />
                    ) : (
                      <IconAlertTriangle size={15} style={{ color: 'var(--warn)' }} aria-label="Row-level security is off" />
                    )}
                    <span className={styles.itemName}>{table.schema === 'public' ? table.name : `${table.schema}.${table.name}`}</span>
                    <span className={styles.itemNote}>{table.policyCount === 0 ? 'closed' : table.policyCount}</span>
                  </Link>
                </li>
              ))}
              {shown.length === 0 ? (
                <li className={styles.nothing}>{wanted === '' ? 'No tables yet.' : 'No table has that name.'}</li>
              ) : null}
            </PaneList>
          )}
        </>
      }
    >
      <Page title={chosen === undefined ? 'Policies' : chosen.schema === 'public' ? chosen.name : `${chosen.schema}.${chosen.name}`}>
        {overview.isError ? (
          <div style={{ padding: 24 }}>
            <ErrorPanel title="The tables cannot be listed" error={overview.error} onRetry={() => void overview.refetch()} />
          </div>
        ) : chosen !== undefined ? (
          <TablePolicies key={`${chosen.schema}.${chosen.name}`} table={chosen} />
        ) : overview.isPending ? (
          <SkeletonRows />
        ) : (
          <EmptyState
            icon={<IconShieldLock size={20} />}
            title="Nothing to protect yet"
            action={
              <Button component={Link} to="/tables/new">
                Create table
              </Button>
            }
          >
            Policies say who may read and write the rows of a table.
          </EmptyState>
        )}
      </Page>
    </Split>
  )
}

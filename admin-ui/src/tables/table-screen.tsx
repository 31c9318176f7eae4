import { Button, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { findTable, schemaQuery } from '../api/schema.ts'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { Tag } from '../design/tag.tsx'
import { Page } from '../frame/page.tsx'
import { TablePolicies } from '../policies/table-policies.tsx'
import { DefinitionTab } from './definition/definition-tab.tsx'
import { isEditable } from './rows/rows-query.ts'
import { RowBrowser } from './rows/row-browser.tsx'
import styles from './table-screen.module.css'

const route = getRouteApi('/app/tables/$schema/$table')

/** One table: its rows, its definition, its policies. */
export function TableScreen() {
  const { schema, table: name } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const overview = useQuery(schemaQuery)
  const [inserting, setInserting] = useState(false)
  const table = findTable(overview.data, schema, name)
  if (overview.isPending)
    return (
      <Page title={name}>
        <SkeletonRows rows={14} />
      </Page>
    )
  if (overview.isError)
    return (
      <Page title={name}>
        <div style={{ padding: 24 }}>
          <ErrorPanel title="The table cannot be shown" error={overview.error} onRetry={() => void overview.refetch()} />
        </div>
      </Page>
    )
  if (table === undefined)
    return (
      <Page title={name}>
        <EmptyState
          title="This table is not there"
          action={
            <Button component={Link} to="/tables">
              Show all tables
            </Button>
          }
        >
          {schema}.{name} was renamed or dropped, or its schema is not exposed.
        </EmptyState>
      </Page>
    )
  const tab = search.tab ?? 'rows'
  return (
    <Page
      scroll={tab !== 'rows'}
      title={
        <>
          {schema === 'public' ? null : <span className={styles.schema}>{schema} /</span>}
          <h1>{table.name}</h1>
          {table.kind === 'table' ? null : <Tag>{table.kind.replace('_', ' ')}</Tag>}
          <AccessTag
            rowSecurity={table.rowSecurity}
            policies={table.policyCount}
            isTable={table.kind === 'table' || table.kind === 'partitioned_table'}
          />
          {table.warnings.length === 0 ? null : (
            <span title={table.warnings.join('\n')} className={styles.warning}>
              <IconAlertTriangle size={14} aria-label={table.warnings.join(' ')} />
            </span>
          )}
        </>
      }
      actions={
        isEditable(table) ? (
          <Button
            leftSection={<IconPlus size={14} />}
            onClick={() => {
              setInserting(true)
              if (tab !== 'rows') void navigate({ search: (before) => ({ ...before, tab: undefined }) })
            }}
          >
            Insert row
          </Button>
        ) : null
      }
      tabs={
        <Tabs
          value={tab}
          onChange={(value) =>
            void navigate({ search: (before) => ({ ...before, tab: value === 'definition' || value === 'policies' ? value : undefined }) })
          }
          className={styles.tabs}
        >
          <Tabs.List>
            <Tabs.Tab value="rows">Rows</Tabs.Tab>
            <Tabs.Tab value="definition">Definition</Tabs.Tab>
            <Tabs.Tab value="policies">
              Policies{table.policyCount > 0 ? <span className={styles.count}>{table.policyCount}</span> : null}
            </Tabs.Tab>
          </Tabs.List>
        </Tabs>
      }
    >
      {tab === 'rows' ? (
        <RowBrowser key={`${schema}.${name}`} table={table} search={search} inserting={inserting} onInserting={setInserting} />
      ) : tab === 'definition' ? (
        <DefinitionTab key={`${schema}.${name}`} table={table} />
      ) : (
        <TablePolicies key={`${schema}.${name}`} table={table} />
      )}
    </Page>
  )
}

function AccessTag({ rowSecurity, policies, isTable }: { rowSecurity: boolean; policies: number; isTable: boolean }) {
  if (!isTable) return null
  if (!rowSecurity) return <Tag tone="warn">No row-level security</Tag>
  return policies === 0 ? <Tag title="Only the service role reads and writes it">Closed</Tag> : <Tag tone="good">Row-level security</Tag>
}

import { ActionIcon, Select, TextInput, Tooltip } from '@mantine/core'
import { useHotkeys, useLocalStorage } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { IconEye, IconPlus, IconSearch, IconTable } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { schemaQuery } from '../../api/schema.ts'
import { SkeletonRows } from '../../design/delayed.tsx'
import { ErrorPanel } from '../../design/error-panel.tsx'
import { PaneList } from '../../frame/pane-list.tsx'
import styles from '../../frame/split.module.css'
import { formatEstimate } from '../row-count.ts'

/** Tables and views of one schema, with search. */
export function TableList() {
  const overview = useQuery(schemaQuery)
  const [schema, setSchema] = useLocalStorage({ key: 'plinth-schema', defaultValue: 'public', getInitialValueInEffect: false })
  const [wanted, setWanted] = useState('')
  const search = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => search.current?.focus()]])
  const schemas = [...new Set([...(overview.data?.schemas ?? ['public']), ...(overview.data?.tables ?? []).map((table) => table.schema)])]
  const tables = (overview.data?.tables ?? []).filter(
    (table) => table.schema === schema && table.name.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  return (
    <>
      <div className={styles.head}>
        <h3>Tables</h3>
        <Tooltip label="Create table">
          <ActionIcon component={Link} to="/tables/new" aria-label="Create table">
            <IconPlus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.tools}>
        {schemas.length > 1 ? (
          <Select aria-label="Schema" value={schema} onChange={(value) => setSchema(value ?? 'public')} data={schemas} />
        ) : null}
        <TextInput
          ref={search}
          aria-label="Find a table"
          placeholder="Find a table"
          leftSection={<IconSearch size={14} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            setWanted('')
            event.currentTarget.blur()
          }}
        />
      </div>
      {overview.isPending ? (
        <SkeletonRows height={30} />
      ) : overview.isError ? (
        <div style={{ padding: 8 }}>
          <ErrorPanel title="The tables cannot be listed" error={overview.error} onRetry={() => void overview.refetch()} />
        </div>
      ) : (
        <PaneList label="Tables">
          {tables.map((table) => (
            <li key={table.name}>
              <Link
                to="/tables/$schema/$table"
                params={{ schema: table.schema, table: table.name }}
                className={styles.item}
                activeProps={{ 'data-active': true }}
                activeOptions={{ includeSearch: false }}
                title={table.comment ?? table.name}
              >
                {table.kind === 'view' || table.kind === 'materialized_view' ? (
                  <IconEye size={15} aria-label="View" />
                ) : (
                  <IconTable size={15} aria-hidden />
                )}
                <span className={styles.itemName}>{table.name}</span>
                <span className={styles.itemNote} aria-hidden>
                  {formatEstimate(table.estimatedRows)}
                </span>
              </Link>
            </li>
          ))}
          {tables.length === 0 ? (
            <li className={styles.nothing}>{wanted === '' ? `No tables in ${schema} yet.` : 'No table has that name.'}</li>
          ) : null}
        </PaneList>
      )}
    </>
  )
}

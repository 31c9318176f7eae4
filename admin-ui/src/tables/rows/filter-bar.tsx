import type { TableInfo } from '#admin-api'
import { ActionIcon, Button, Checkbox, Menu, Popover, SegmentedControl, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconColumns3, IconFilter, IconRefresh, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { FilterTerm } from '../../app/search.ts'
import type { GridTable } from '../grid/grid-table.ts'
import styles from './filter-bar.module.css'
import { FilterForm } from './filter-form.tsx'
import { findOperator } from './filter-operators.ts'
import type { SaveMode } from './save-mode.ts'

/** Conditions as chips, columns to show, and how edits are saved. */
export function FilterBar({
  table,
  filter,
  grid,
  adding,
  onAdding,
  onChange,
  mode,
  onMode,
  onRefresh,
  refreshing,
}: {
  table: TableInfo
  filter: readonly FilterTerm[]
  grid: GridTable
  /** The column for which a condition is being added. */
  adding: string | undefined
  onAdding: (column: string | undefined) => void
  onChange: (filter: FilterTerm[]) => void
  mode: SaveMode
  onMode: (mode: SaveMode) => void
  onRefresh: () => void
  refreshing: boolean
}) {
  const [editing, setEditing] = useState<number | undefined>(undefined)
  const first = table.columns[0]?.name
  const hidden = grid.getAllLeafColumns().filter((column) => !column.getIsVisible()).length
  useHotkeys([['shift+F', () => onAdding(first)]])
  return (
    <div className={styles.bar} role="toolbar" aria-label="Filter and columns">
      <Popover
        opened={adding !== undefined}
        onChange={(opened) => onAdding(opened ? first : undefined)}
        position="bottom-start"
        width={340}
        trapFocus
      >
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFilter size={13} />}
            onClick={() => onAdding(adding === undefined ? first : undefined)}
          >
            Filter
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          {adding === undefined ? null : (
            <FilterForm
              key={adding}
              table={table}
              term={[adding, '', '']}
              onDone={(term) => {
                onChange([...filter, term])
                onAdding(undefined)
              }}
            />
          )}
        </Popover.Dropdown>
      </Popover>
      <div className={styles.chips}>
        {filter.map((term, index) => {
          const [column, operator, value] = term
          const info = table.columns.find((one) => one.name === column)
          const known = info === undefined ? undefined : findOperator(info, operator)
          return (
            <Popover
              key={index}
              opened={editing === index}
              onChange={(opened) => setEditing(opened ? index : undefined)}
              position="bottom-start"
              width={340}
              trapFocus
            >
              <Popover.Target>
                <span className={styles.chip} data-unknown={known === undefined || undefined}>
                  <button type="button" className={styles.chipText} onClick={() => setEditing(editing === index ? undefined : index)}>
                    <b>{column}</b> {known?.label ?? 'is not known'}{' '}
                    {known?.takesValue === true ? <span className={styles.chipValue}>{value === '' ? '""' : value}</span> : null}
                  </button>
                  <button
                    type="button"
                    className={styles.chipRemove}
                    aria-label={`Remove the condition on ${column}`}
                    onClick={() => onChange(filter.filter((_, at) => at !== index))}
                  >
                    <IconX size={12} />
                  </button>
                </span>
              </Popover.Target>
              <Popover.Dropdown>
                <FilterForm
                  table={table}
                  term={term}
                  onDone={(next) => {
                    onChange(filter.map((one, at) => (at === index ? next : one)))
                    setEditing(undefined)
                  }}
                />
              </Popover.Dropdown>
            </Popover>
          )
        })}
        {filter.length > 1 ? (
          <Button size="xs" variant="subtle" color="gray" onClick={() => onChange([])}>
            Clear
          </Button>
        ) : null}
      </div>
      <div className={styles.right}>
        <Tooltip label={mode === 'at-once' ? 'Each edit is saved when you leave the cell' : 'Edits wait until you save them together'}>
          <SegmentedControl
            size="xs"
            aria-label="How edits are saved"
            value={mode}
            onChange={(value) => onMode(value)}
            data={[
              { value: 'at-once', label: 'Save at once' },
              { value: 'staged', label: 'Stage edits' },
            ]}
          />
        </Tooltip>
        <Menu closeOnItemClick={false} width={220}>
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<IconColumns3 size={13} />}>
              {hidden === 0 ? 'Columns' : `${hidden} hidden`}
            </Button>
          </Menu.Target>
          <Menu.Dropdown style={{ maxHeight: 360, overflow: 'auto' }}>
            {grid.getAllLeafColumns().map((column) => (
              <Menu.Item
                key={column.id}
                onClick={() => column.toggleVisibility()}
                leftSection={<Checkbox size="xs" readOnly tabIndex={-1} checked={column.getIsVisible()} aria-hidden />}
              >
                {column.id}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Tooltip label="Read again">
          <ActionIcon aria-label="Read the rows again" onClick={onRefresh} data-busy={refreshing || undefined} className={styles.refresh}>
            <IconRefresh size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  )
}

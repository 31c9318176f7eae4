import type { TableInfo } from '#admin-api'
import { Checkbox, Menu } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconChevronDown, IconCopy, IconEyeOff, IconFilter, IconKey, IconLink } from '@tabler/icons-react'
import type { SortTerm } from '../../app/search.ts'
import { isRightAligned, kindOf, shortType } from '../rows/column-kind.ts'
import type { GridTable } from './grid-table.ts'
import styles from './grid.module.css'

/** Names, types, sort marks; widths are dragged at the edges. A click sorts, with Shift it adds to the sort. */
export function GridHeader({
  table,
  grid,
  sort,
  width,
  leadWidth,
  activeColumn,
  selectable,
  allSelected,
  someSelected,
  onSelectAll,
  onSort,
  onFilterBy,
}: {
  table: TableInfo
  grid: GridTable
  sort: readonly SortTerm[]
  width: number
  leadWidth: number
  activeColumn: number | undefined
  selectable: boolean
  allSelected: boolean
  someSelected: boolean
  onSelectAll: (all: boolean) => void
  onSort: (column: string, add: boolean) => void
  onFilterBy: (column: string) => void
}) {
  const headers = grid.getHeaderGroups()[0]?.headers ?? []
  return (
    <div className={styles.header} role="rowgroup" style={{ width }}>
      <div className={styles.headerRow} role="row" aria-rowindex={1}>
        <div className={styles.lead} role="columnheader" aria-colindex={1} aria-label="Select" style={{ width: leadWidth }}>
          {selectable ? (
            <Checkbox
              size="xs"
              tabIndex={-1}
              aria-label="Select all rows of this page"
              checked={allSelected}
              indeterminate={someSelected && !allSelected}
              onChange={(event) => onSelectAll(event.currentTarget.checked)}
            />
          ) : null}
        </div>
        {headers.map((header, index) => {
          const name = header.column.id
          const info = table.columns.find((column) => column.name === name)
          if (info === undefined) return null
          const place = sort.findIndex((term) => term === name || term === `-${name}`)
          const descending = sort[place]?.startsWith('-') === true
          const isKey = table.primaryKey.includes(name)
          const reference = table.foreignKeys.find((key) => key.columns.includes(name))
          return (
            <div
              key={header.id}
              id={`cell--1-${index}`}
              className={styles.headerCell}
              role="columnheader"
              aria-colindex={index + 2}
              aria-sort={place < 0 ? 'none' : descending ? 'descending' : 'ascending'}
              data-active={activeColumn === index || undefined}
              data-right={isRightAligned(kindOf(info)) || undefined}
              style={{ width: header.getSize() }}
              title={info.comment ?? undefined}
              onClick={(event) => onSort(name, event.shiftKey)}
            >
              {isKey ? <IconKey size={12} aria-label="Primary key" className={styles.headerIcon} /> : null}
              {reference === undefined ? null : (
                <span title={`References ${reference.target.table}`} className={styles.headerIcon}>
                  <IconLink size={12} aria-label={`References ${reference.target.table}`} />
                </span>
              )}
              <span className={styles.headerName}>{name}</span>
              <span className={styles.headerType}>{shortType(info.type)}</span>
              {place < 0 ? null : (
                <span className={styles.sortMark}>
                  {descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />}
                  {sort.length > 1 ? place + 1 : null}
                </span>
              )}
              <Menu position="bottom-end" width={190}>
                <Menu.Target>
                  <button
                    type="button"
                    tabIndex={-1}
                    className={styles.headerMenu}
                    aria-label={`Menu of ${name}`}
                    onClick={(event) => event.stopPropagation()}
                  >
                    <IconChevronDown size={13} />
                  </button>
                </Menu.Target>
                <Menu.Dropdown onClick={(event) => event.stopPropagation()}>
                  <Menu.Item leftSection={<IconFilter size={14} />} onClick={() => onFilterBy(name)}>
                    Filter by {name}
                  </Menu.Item>
                  <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => void navigator.clipboard.writeText(name)}>
                    Copy name
                  </Menu.Item>
                  <Menu.Item leftSection={<IconEyeOff size={14} />} onClick={() => header.column.toggleVisibility(false)}>
                    Hide column
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
              <span
                className={styles.resizer}
                data-active={header.column.getIsResizing() || undefined}
                onMouseDown={header.getResizeHandler()}
                onTouchStart={header.getResizeHandler()}
                onClick={(event) => event.stopPropagation()}
                onDoubleClick={() => header.column.resetSize()}
                aria-hidden
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}

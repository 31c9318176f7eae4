import type { TableInfo } from '#admin-api'
import { ActionIcon, Button, Select } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { formatCount } from '../../design/format.ts'
import { formatRows } from '../row-count.ts'
import styles from './filter-bar.module.css'

/** How many rows there are and which of them are shown. */
export function GridFooter({
  table,
  filtered,
  shown,
  exactCount,
  page,
  size,
  onPage,
  onSize,
  onCount,
}: {
  table: TableInfo
  filtered: boolean
  shown: number
  exactCount: number | undefined
  page: number
  size: number
  onPage: (page: number) => void
  onSize: (size: number) => void
  onCount: () => void
}) {
  const first = (page - 1) * size + 1
  const last = (page - 1) * size + shown
  const pages = exactCount === undefined ? undefined : Math.max(1, Math.ceil(exactCount / size))
  const atEnd = pages === undefined ? shown < size : page >= pages
  return (
    <footer className={styles.footer}>
      {exactCount !== undefined ? (
        <span>{formatRows(exactCount, true)}</span>
      ) : (
        <>
          <span>{filtered ? 'Many rows' : formatRows(table.estimatedRows, false)}</span>
          <Button size="compact-xs" variant="default" onClick={onCount}>
            Count
          </Button>
        </>
      )}
      <span className={styles.grow} />
      <Select
        aria-label="Rows per page"
        size="xs"
        w={112}
        value={String(size)}
        data={[50, 100, 200, 500, 1000].map((value) => ({ value: String(value), label: `${value} a page` }))}
        onChange={(value) => onSize(Number(value))}
      />
      <span>{shown === 0 ? 'none shown' : `${formatCount(first)} to ${formatCount(last)}`}</span>
      <ActionIcon aria-label="Previous page" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <IconChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon aria-label="Next page" disabled={atEnd} onClick={() => onPage(page + 1)}>
        <IconChevronRight size={16} />
      </ActionIcon>
    </footer>
  )
}

import type { SqlResult } from '#admin-api'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { shortType } from '../tables/rows/column-kind.ts'
import styles from './sql.module.css'

const rowHeight = 30
const numberColumn = 52

/** Rows of a result, only those in view in the page. */
export function ResultGrid({ result }: { result: SqlResult }) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: result.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 16,
  })
  const widths = useMemo(() => columnWidths(result), [result])
  const right = result.columns.map((column) => /^(smallint|integer|bigint|numeric|real|double)/.test(column.type))
  const total = numberColumn + widths.reduce((sum, width) => sum + width, 0)
  return (
    <div
      ref={scroller}
      className={styles.results}
      role="grid"
      aria-label="Result"
      aria-rowcount={result.rows.length + 1}
      aria-colcount={result.columns.length}
      aria-readonly
      tabIndex={0}
    >
      <div className={styles.resultHead} role="row" aria-rowindex={1} style={{ width: total }}>
        <span className={styles.rowNumber} aria-hidden />
        {result.columns.map((column, index) => (
          <span
            key={index}
            className={`${styles.resultCell} ${right[index] === true ? styles.right : ''}`}
            role="columnheader"
            style={{ width: widths[index] }}
            title={`${column.name} ${column.type}`}
          >
            {column.name}
            <span className={styles.resultType}>{shortType(column.type)}</span>
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize(), width: total }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.index}
            className={styles.resultRow}
            role="row"
            aria-rowindex={item.index + 2}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <span className={styles.rowNumber} aria-hidden>
              {item.index + 1}
            </span>
            {result.rows[item.index]?.map((value, index) => (
              <span
                key={index}
                className={`${styles.resultCell} ${right[index] === true ? styles.right : ''} ${typeof value === 'object' && value !== null ? 'mono' : ''}`}
                role="gridcell"
                style={{ width: widths[index] }}
                title={textOf(value)}
              >
                {value === null ? <span className={styles.null}>NULL</span> : textOf(value)}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  )
}

function textOf(value: unknown): string {
  const text = value === null ? 'NULL' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

/** Wide enough for the header and the first rows, within bounds. */
function columnWidths(result: SqlResult): number[] {
  return result.columns.map((column, index) => {
    const header = column.name.length + shortType(column.type).length + 2
    const longest = result.rows
      .slice(0, 60)
      .reduce((most, row) => Math.max(most, row[index] === null ? 4 : textOf(row[index]).length), header)
    return Math.round(Math.min(420, Math.max(72, longest * 8 + 24)))
  })
}

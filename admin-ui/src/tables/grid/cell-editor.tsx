import type { ColumnInfo } from '#admin-api'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { editText, readText, sameValue } from '../rows/cell-text.ts'
import { kindOf } from '../rows/column-kind.ts'
import styles from './grid.module.css'

type Move = { row: number; column: number }

/** The editor inside a cell: Enter saves, Tab saves and moves on, Esc discards. Long values grow below the cell. */
export function CellEditor({
  info,
  value,
  startText,
  onCommit,
  onCancel,
}: {
  info: ColumnInfo
  value: unknown
  /** What was typed to start editing; it replaces the value. */
  startText: string | undefined
  onCommit: (value: unknown, move?: Move) => void
  onCancel: () => void
}) {
  const kind = kindOf(info)
  const choices = kind === 'boolean' ? ['true', 'false'] : kind === 'enum' ? (info.enumLabels ?? []) : undefined
  const [text, setText] = useState(() => (choices === undefined && startText !== undefined ? startText : editText(value, info)))
  const [fault, setFault] = useState<string | undefined>(undefined)
  const field = useRef<HTMLTextAreaElement & HTMLSelectElement>(null)
  const done = useRef(false)
  useEffect(() => {
    const element = field.current
    element?.focus()
    if (element instanceof HTMLTextAreaElement) {
      if (startText === undefined) element.select()
      else element.setSelectionRange(element.value.length, element.value.length)
    }
  }, [startText])

  const finish = (next: unknown, move?: Move) => {
    if (done.current) return
    done.current = true
    if (sameValue(next, value)) onCancel()
    else onCommit(next, move)
  }
  const commit = (move?: Move) => {
    if (text === '' && kind !== 'text' && info.nullable) return finish(null, move)
    if (text === '' && value === null) return finish(null, move)
    const read = readText(text, info)
    if ('fault' in read) setFault(read.fault)
    else finish(read.value, move)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') {
      event.preventDefault()
      done.current = true
      onCancel()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      commit({ row: 1, column: 0 })
    } else if (event.key === 'Tab') {
      event.preventDefault()
      commit({ row: 0, column: event.shiftKey ? -1 : 1 })
    }
  }
  const leave = () => {
    if (done.current) return
    const read = text === '' && (value === null || (info.nullable && kind !== 'text')) ? { value: null } : readText(text, info)
    if ('fault' in read) {
      done.current = true
      onCancel()
    } else finish(read.value)
  }
  const lines = Math.min(10, Math.max(1, text.split('\n').length, Math.ceil(text.length / 46)))
  return (
    <div className={styles.editor} data-wide={lines > 1 || undefined}>
      {choices === undefined ? (
        <textarea
          ref={field}
          className={styles.input}
          rows={lines}
          value={text}
          aria-label={`Edit ${info.name}`}
          aria-invalid={fault !== undefined}
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setFault(undefined)
          }}
          onKeyDown={onKeyDown}
          onBlur={leave}
        />
      ) : (
        <select
          ref={field}
          className={styles.input}
          value={text}
          aria-label={`Edit ${info.name}`}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={leave}
        >
          {info.nullable || text === '' ? <option value="">NULL</option> : null}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
      {fault === undefined ? (
        info.nullable ? (
          <button
            type="button"
            tabIndex={-1}
            className={styles.setNull}
            onMouseDown={(event) => {
              event.preventDefault()
              finish(null)
            }}
          >
            Set NULL
          </button>
        ) : null
      ) : (
        <span className={styles.fault} role="alert">
          {fault}
        </span>
      )}
    </div>
  )
}

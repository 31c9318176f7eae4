import type { ColumnInfo } from '#admin-api'
import { Select, Textarea } from '@mantine/core'
import { useId } from 'react'
import { kindOf, shortType } from './column-kind.ts'
import styles from './row-drawer.module.css'

/** What a field holds: a value as text, NULL, or (on insert) the column's default. */
export interface FieldDraft {
  readonly mode: 'value' | 'null' | 'default'
  readonly text: string
}

/** One column of the row form. */
export function RowField({
  column,
  draft,
  inserting,
  readOnly,
  fault,
  onChange,
}: {
  column: ColumnInfo
  draft: FieldDraft
  inserting: boolean
  readOnly: boolean
  fault: string | undefined
  onChange: (draft: FieldDraft) => void
}) {
  const id = useId()
  const kind = kindOf(column)
  const choices = kind === 'boolean' ? ['true', 'false'] : kind === 'enum' ? [...(column.enumLabels ?? [])] : undefined
  const fills = column.default !== null || column.generated !== 'no'
  const placeholder =
    draft.mode === 'null'
      ? 'NULL'
      : draft.mode === 'default'
        ? fills
          ? `default: ${column.default ?? 'generated'}`
          : column.nullable
            ? 'NULL'
            : ''
        : ''
  const mono = kind === 'json' || kind === 'array' || kind === 'uuid' || kind === 'bytes'
  return (
    <>
      <div className={styles.labelRow}>
        <label htmlFor={id}>{column.name}</label>
        <span className={styles.type}>
          {shortType(column.type)}
          {column.nullable || fills ? '' : ', required'}
        </span>
        {readOnly || !column.nullable || draft.mode === 'null' ? null : (
          <button type="button" className={styles.mode} onClick={() => onChange({ mode: 'null', text: '' })}>
            Set NULL
          </button>
        )}
        {!inserting || !fills || draft.mode === 'default' ? null : (
          <button type="button" className={styles.mode} onClick={() => onChange({ mode: 'default', text: '' })}>
            Use default
          </button>
        )}
      </div>
      {choices === undefined ? (
        <Textarea
          id={id}
          autosize
          minRows={1}
          maxRows={14}
          value={draft.text}
          placeholder={placeholder}
          readOnly={readOnly}
          error={fault}
          description={column.comment ?? undefined}
          onChange={(event) => onChange({ mode: 'value', text: event.currentTarget.value })}
          styles={{
            input: {
              ...(mono ? { fontFamily: 'var(--font-mono)', fontSize: 12.5 } : {}),
              ...(readOnly ? { background: 'var(--surface-sunken)' } : {}),
            },
          }}
        />
      ) : (
        <Select
          id={id}
          data={choices}
          value={draft.mode === 'value' ? draft.text : null}
          placeholder={placeholder}
          readOnly={readOnly}
          error={fault}
          onChange={(value) => onChange(value === null ? { mode: 'null', text: '' } : { mode: 'value', text: value })}
        />
      )}
    </>
  )
}

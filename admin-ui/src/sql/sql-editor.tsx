import { PostgreSQL, sql, type SQLNamespace } from '@codemirror/lang-sql'
import { Compartment } from '@codemirror/state'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import styles from '../editor/editor.module.css'
import { replaceText, useCodeEditor } from '../editor/use-code-editor.ts'
import { errorMark, showErrorAt } from './error-mark.ts'

export interface SqlEditorHandle {
  /** The selected text, or everything when nothing is selected; `from` is where it starts. */
  toRun(): { text: string; from: number }
  /** Marks a place, counted from 0, or takes the mark away. */
  markError(at: number | undefined): void
  replace(text: string): void
  focus(): void
}

/** The SQL text. Uncontrolled: it reports changes, and is changed only through its handle. */
export function SqlEditor({
  initial,
  namespace,
  onChange,
  onRun,
  handle,
}: {
  initial: string
  /** Schemas, tables and columns for completion. */
  namespace: SQLNamespace
  onChange: (text: string) => void
  onRun: () => void
  handle: Ref<SqlEditorHandle>
}) {
  const language = useRef(new Compartment())
  const { place, view } = useCodeEditor({
    initial,
    label: 'SQL',
    placeholder: 'select * from todos limit 100',
    extensions: [language.current.of(sql({ dialect: PostgreSQL })), errorMark],
    autoFocus: true,
    onChange,
    onRun,
  })

  useEffect(() => {
    view.current?.dispatch({
      effects: language.current.reconfigure(sql({ dialect: PostgreSQL, schema: namespace, defaultSchema: 'public' })),
    })
  }, [namespace, view])

  useImperativeHandle(handle, () => ({
    toRun: () => {
      const state = view.current?.state
      if (state === undefined) return { text: '', from: 0 }
      const { from, to } = state.selection.main
      return from === to ? { text: state.doc.toString(), from: 0 } : { text: state.sliceDoc(from, to), from }
    },
    markError: (at) => {
      if (view.current !== null) showErrorAt(view.current, at)
    },
    replace: (text) => {
      replaceText(view.current, text)
      view.current?.focus()
    },
    focus: () => view.current?.focus(),
  }))

  return <div ref={place} className={styles.place} />
}

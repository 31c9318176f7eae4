import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { PostgreSQL, sql, type SQLNamespace } from '@codemirror/lang-sql'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { errorMark, showErrorAt } from './error-mark.ts'
import { editorTheme } from './editor-theme.ts'

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
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const language = useRef(new Compartment())
  const callbacks = useRef({ onChange, onRun })
  callbacks.current = { onChange, onRun }

  useEffect(() => {
    if (place.current === null) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          highlightSelectionMatches(),
          EditorState.allowMultipleSelections.of(true),
          EditorView.lineWrapping,
          placeholder('select * from todos limit 100'),
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-Enter',
                run: (editor) => {
                  closeCompletion(editor)
                  callbacks.current.onRun()
                  return true
                },
              },
            ]),
          ),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
          language.current.of(sql({ dialect: PostgreSQL })),
          errorMark,
          editorTheme,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) callbacks.current.onChange(update.state.doc.toString())
          }),
          EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        ],
      }),
    })
    view.current = editor
    editor.focus()
    return () => editor.destroy()
    // The text belongs to the editor once it is mounted; a new `initial` must not overwrite it.
  }, [])

  useEffect(() => {
    view.current?.dispatch({
      effects: language.current.reconfigure(sql({ dialect: PostgreSQL, schema: namespace, defaultSchema: 'public' })),
    })
  }, [namespace])

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
      const editor = view.current
      if (editor === null) return
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
      editor.focus()
    },
    focus: () => view.current?.focus(),
  }))

  return <div ref={place} style={{ height: '100%', minHeight: 0, overflow: 'hidden' }} />
}

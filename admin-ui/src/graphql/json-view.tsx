import { foldAll, foldGutter, foldKeymap, syntaxTree, unfoldAll, foldEffect, foldable } from '@codemirror/language'
import { json } from '@codemirror/lang-json'
import { searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { editorTheme, jsonColours } from '../editor/editor-theme.ts'
import styles from '../editor/editor.module.css'

export interface JsonViewHandle {
  /** Folds what is deeper than the lists of the answer. */
  fold(): void
  unfold(): void
}

/** JSON to read: objects and lists fold away, Ctrl+F finds. Only the lines in view are in the page. */
export function JsonView({ text, label, handle }: { text: string; label: string; handle?: Ref<JsonViewHandle> }) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  useEffect(() => {
    if (place.current === null) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          foldGutter({ openText: '▾', closedText: '▸' }),
          drawSelection(),
          EditorState.readOnly.of(true),
          EditorView.lineWrapping,
          keymap.of([...searchKeymap, ...foldKeymap]),
          json(),
          editorTheme,
          jsonColours,
          EditorView.contentAttributes.of({ 'aria-label': label }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [label])
  useEffect(() => {
    const editor = view.current
    if (editor === null || editor.state.doc.toString() === text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
  }, [text])
  useImperativeHandle(handle, () => ({
    fold: () => {
      if (view.current !== null && !foldRows(view.current)) foldAll(view.current)
    },
    unfold: () => {
      if (view.current !== null) unfoldAll(view.current)
    },
  }))
  return <div ref={place} className={styles.place} />
}

/** Folds the objects that are items of a list; false where there are none. */
function foldRows(view: EditorView): boolean {
  const folds: ReturnType<typeof foldEffect.of>[] = []
  syntaxTree(view.state).iterate({
    enter: (node) => {
      if (node.name !== 'Object' || node.node.parent?.name !== 'Array') return true
      const line = view.state.doc.lineAt(node.from)
      const range = foldable(view.state, line.from, line.to)
      if (range !== null) folds.push(foldEffect.of(range))
      return false
    },
  })
  if (folds.length > 0) view.dispatch({ effects: folds })
  return folds.length > 0
}

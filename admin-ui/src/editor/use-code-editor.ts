// A text editor as the console has it, whatever the language. Uncontrolled: it reports changes and is changed only through
// its view.
import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  type KeyBinding,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'
import { editorTheme } from './editor-theme.ts'

export interface CodeEditorOptions {
  readonly initial: string
  readonly label: string
  readonly placeholder: string
  /** Language, completion, marks. Read once. */
  readonly extensions: readonly Extension[]
  readonly keys?: readonly KeyBinding[]
  readonly autoFocus?: boolean
  readonly onChange: (text: string) => void
  readonly onRun: () => void
}

export function useCodeEditor(options: CodeEditorOptions): { place: RefObject<HTMLDivElement | null>; view: RefObject<EditorView | null> } {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    if (place.current === null) return
    const { initial, extensions, keys = [], label, autoFocus = false } = latest.current
    const run: KeyBinding = {
      key: 'Mod-Enter',
      run: (editor) => {
        closeCompletion(editor)
        latest.current.onRun()
        return true
      },
    }
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
          tooltips({ position: 'fixed' }),
          placeholder(latest.current.placeholder),
          Prec.highest(keymap.of([run, ...keys])),
          keymap.of([
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...completionKeymap,
            ...lintKeymap,
            indentWithTab,
          ]),
          extensions,
          editorTheme,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString())
          }),
          EditorView.contentAttributes.of({ 'aria-label': label }),
        ],
      }),
    })
    view.current = editor
    if (autoFocus) editor.focus()
    return () => editor.destroy()
    // The text belongs to the editor once it is mounted; a new `initial` must not overwrite it.
  }, [])
  return { place, view }
}

/** Puts another text in; undo brings the old one back. */
export function replaceText(view: EditorView | null, text: string): void {
  if (view === null || view.state.doc.toString() === text) return
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}

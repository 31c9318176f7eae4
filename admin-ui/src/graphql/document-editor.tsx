import type { EditorView } from '@codemirror/view'
import { graphql, updateSchema } from 'cm6-graphql'
import type { GraphQLSchema } from 'graphql'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { graphqlColours } from '../editor/editor-theme.ts'
import styles from '../editor/editor.module.css'
import { replaceText, useCodeEditor } from '../editor/use-code-editor.ts'
import { documentHover } from './document-hover.ts'
import { prettify } from './prettify.ts'

export interface DocumentHandle {
  /** Where the cursor stands. */
  place(): number
  prettify(): void
  focus(): void
}

/** The GraphQL text, with completion, faults and meanings from the role's schema. */
export function DocumentEditor({
  initial,
  schema,
  handle,
  onChange,
  onRun,
  onShowDocs,
}: {
  initial: string
  schema: GraphQLSchema | undefined
  handle: Ref<DocumentHandle>
  onChange: (text: string) => void
  onRun: () => void
  /** Ctrl and a click on a name. */
  onShowDocs: (type: string, field: string | undefined) => void
}) {
  const show = useRef(onShowDocs)
  show.current = onShowDocs
  const { place, view } = useCodeEditor({
    initial,
    label: 'GraphQL document',
    placeholder: 'query { … }   Ctrl+Space completes from the schema',
    extensions: [
      graphql(undefined, {
        onShowInDocs: (field, type, parent) => {
          if (parent !== undefined && field !== undefined) show.current(parent, field)
          else if (type !== undefined) show.current(type.replace(/[[\]!]/g, ''), undefined)
        },
      }),
      documentHover,
      graphqlColours,
    ],
    keys: [{ key: 'Shift-Alt-f', run: tidy }],
    autoFocus: true,
    onChange,
    onRun,
  })
  useEffect(() => {
    if (view.current !== null) updateSchema(view.current, schema)
  }, [schema, view])
  useImperativeHandle(handle, () => ({
    place: () => view.current?.state.selection.main.head ?? 0,
    prettify: () => {
      if (view.current !== null) tidy(view.current)
    },
    focus: () => view.current?.focus(),
  }))
  return <div ref={place} className={styles.place} />
}

function tidy(view: EditorView): boolean {
  replaceText(view, prettify(view.state.doc.toString()))
  return true
}

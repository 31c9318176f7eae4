import { json, jsonParseLinter } from '@codemirror/lang-json'
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint'
import type { EditorView } from '@codemirror/view'
import { Kind, type OperationDefinitionNode, print } from 'graphql'
import { useEffect, useRef } from 'react'
import { jsonColours } from '../editor/editor-theme.ts'
import styles from '../editor/editor.module.css'
import { replaceText, useCodeEditor } from '../editor/use-code-editor.ts'
import { indentJson } from './json-text.ts'

/** JSON text of the variables, held against what the operation declares. */
export function VariablesEditor({
  initial,
  operation,
  onChange,
  onRun,
}: {
  initial: string
  operation: OperationDefinitionNode | undefined
  onChange: (text: string) => void
  onRun: () => void
}) {
  const declared = useRef(operation)
  declared.current = operation
  const { place, view } = useCodeEditor({
    initial,
    label: 'Variables',
    placeholder: '{ "id": 1 }',
    extensions: [json(), linter((editor) => faultsOf(editor, declared.current)), jsonColours],
    keys: [{ key: 'Shift-Alt-f', run: tidy }],
    onChange,
    onRun,
  })
  useEffect(() => {
    if (view.current !== null) forceLinting(view.current)
  }, [operation, view])
  return <div ref={place} className={styles.place} />
}

/** Why the text cannot be sent; undefined when it can. */
export function variablesFault(text: string): string | undefined {
  if (text.trim() === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'Variables are a JSON object.'
  } catch (error) {
    return `The variables are no JSON: ${(error as Error).message}`
  }
}

const parseFaults = jsonParseLinter()

function faultsOf(view: EditorView, operation: OperationDefinitionNode | undefined): Diagnostic[] {
  const text = view.state.doc.toString()
  if (text.trim() === '') return missing({}, operation, 0)
  const faults = [...parseFaults(view)]
  if (faults.length > 0) return faults
  const fault = variablesFault(text)
  if (fault !== undefined) return [{ from: 0, to: text.length, severity: 'error', message: fault }]
  const values = JSON.parse(text) as Record<string, unknown>
  const known = new Set(operation?.variableDefinitions?.map(({ variable }) => variable.name.value))
  const unknown = Object.keys(values).filter((name) => operation !== undefined && !known.has(name))
  return [
    ...rounded(text),
    ...missing(values, operation, text.length),
    ...unknown.map((name): Diagnostic => {
      const from = Math.max(0, text.indexOf(JSON.stringify(name)))
      return { from, to: from + name.length + 2, severity: 'warning', message: `The operation has no variable $${name}.` }
    }),
  ]
}

/** JSON readers keep a number's first 15 digits; Postgres takes a string for any type. */
function rounded(text: string): Diagnostic[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d{16,}/g)]
    .filter(([found]) => !found.startsWith('"') && !Number.isSafeInteger(Number(found)))
    .map(({ 0: found, index }) => ({
      from: index,
      to: index + found.length,
      severity: 'warning',
      message: `A number of this size is rounded on its way: write "${found}".`,
    }))
}

function missing(values: Record<string, unknown>, operation: OperationDefinitionNode | undefined, to: number): Diagnostic[] {
  return (operation?.variableDefinitions ?? [])
    .filter(({ type, defaultValue, variable }) => {
      const value = values[variable.name.value]
      return type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined && (value === undefined || value === null)
    })
    .map(({ type, variable }) => ({
      from: 0,
      to: Math.min(to, 1),
      severity: 'warning',
      message: `$${variable.name.value} needs a value: ${print(type)}`,
    }))
}

function tidy(view: EditorView): boolean {
  const text = view.state.doc.toString()
  if (variablesFault(text) === undefined) replaceText(view, indentJson(text))
  return true
}

import '../design/kit-styles.ts'
import { ActionIcon, Button, Menu, Select, Tooltip } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { IconBook2, IconChevronDown, IconChevronRight, IconCode, IconSparkles, IconZoomCode } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { projectQuery } from '../api/project.ts'
import { schemaQuery } from '../api/schema.ts'
import { toastDone, toastFailed } from '../design/toast.ts'
import { ResizeHandle } from '../design/resize-handle.tsx'
import { HistoryMenu } from '../editor/history-menu.tsx'
import { RunButton } from '../editor/run-button.tsx'
import { addToHistory, type HistoryEntry, readHistory } from '../editor/run-history.ts'
import { Page } from '../frame/page.tsx'
import { RunAs } from '../run-as/run-as.tsx'
import { asCurl, asFetch } from './as-code.ts'
import { DocsPane } from './docs/docs-pane.tsx'
import type { DocsPlace } from './docs/schema-index.ts'
import { DocumentEditor, type DocumentHandle } from './document-editor.tsx'
import styles from './graphql.module.css'
import { operationAt, operationsOf } from './operations.ts'
import { ResultPane } from './result-pane.tsx'
import { graphqlSchemaQuery } from './schema-query.ts'
import { TabBar } from './tab-bar.tsx'
import { graphqlPath, type Operation } from './transport.ts'
import { useRuns } from './use-runs.ts'
import { useRunRole, useWorkspace } from './workspace.ts'
import { VariablesEditor, variablesFault } from './variables-editor.tsx'

interface DocumentRun extends HistoryEntry {
  readonly variables: string
}
const historyKey = 'plinth-graphql-history'

/** GraphQL against the project: documents and variables left, the result right, the role's schema beside them. */
export function GraphqlScreen() {
  const overview = useQuery(schemaQuery)
  const project = useQuery(projectQuery)
  const [runAs, setRunAs] = useRunRole()
  const schema = useQuery({ ...graphqlSchemaQuery(runAs, overview.data?.version), enabled: overview.data !== undefined })
  const workspace = useWorkspace()
  const { tab } = workspace
  const runs = useRuns()
  const [history, setHistory] = useState(() => readHistory<DocumentRun>(historyKey))
  const [docsShown, showDocs] = useDocsShown()
  const [docsPath, setDocsPath] = useState<readonly DocsPlace[]>([])
  const editor = useRef<DocumentHandle>(null)
  const operations = useMemo(() => operationsOf(tab.document), [tab.document])
  const chosen = operations?.find(({ name }) => name !== undefined && name === tab.operation) ?? operations?.[0]

  /** What would run: with several operations the one where the cursor is, else the chosen one. */
  const operation = (byCursor = false): (Operation & { kind: string }) | undefined => {
    const fault = variablesFault(tab.variables)
    if (tab.document.trim() === '') return undefined
    if (fault !== undefined) {
      toastFailed('Not sent', new Error(fault))
      return undefined
    }
    const several = (operations?.length ?? 0) > 1
    const meant = byCursor && several ? operationAt(operations!, editor.current?.place() ?? 0) : chosen
    if (several && meant?.name !== tab.operation) workspace.change({ operation: meant?.name })
    return { query: tab.document, variables: tab.variables, operationName: meant?.name, kind: meant?.kind ?? 'query' }
  }
  const run = async (byCursor = false) => {
    const meant = operation(byCursor)
    if (meant === undefined) return
    const { kind, ...sent } = meant
    const { document: text, variables } = tab
    const ok = await (kind === 'subscription' ? runs.subscribe(tab.id, sent, runAs) : runs.run(tab.id, sent, runAs))
    setHistory(addToHistory<DocumentRun>(historyKey, { text, variables, at: new Date().toISOString(), ok }))
  }
  const explain = () => {
    const meant = operation()
    if (meant !== undefined) void runs.explain(tab.id, meant, runAs)
  }
  const copy = async (form: 'curl' | 'fetch') => {
    const meant = operation()
    if (meant === undefined) return
    const url = project.data?.graphqlUrl ?? `${window.location.origin}${graphqlPath}`
    await navigator.clipboard.writeText(form === 'curl' ? asCurl(meant, runAs, url) : asFetch(meant, runAs, url))
    toastDone(`Copied as ${form}`)
  }
  const outcome = runs.outcome(tab.id)
  return (
    <Page
      title="GraphQL"
      scroll={false}
      actions={
        <>
          {operations !== undefined && operations.length > 1 ? (
            <Select
              aria-label="Operation"
              w={160}
              data={operations.flatMap(({ name }) => (name === undefined ? [] : [name]))}
              value={chosen?.name ?? null}
              allowDeselect={false}
              onChange={(name) => workspace.change({ operation: name ?? undefined })}
            />
          ) : null}
          <HistoryMenu entries={history} onChoose={({ text, variables }) => workspace.open(text, variables)} />
          <RunAs value={runAs} roles={overview.data?.roles ?? []} onChange={setRunAs} />
          <Button variant="default" leftSection={<IconZoomCode size={14} />} onClick={explain}>
            Explain
          </Button>
          <RunButton busy={runs.isRunning(tab.id)} onRun={() => void run()} onStop={() => runs.stop(tab.id)} />
        </>
      }
    >
      <div className={styles.screen}>
        {docsShown ? (
          <DocsColumn>
            <DocsPane
              schema={schema.data}
              error={schema.error}
              path={docsPath}
              onPath={setDocsPath}
              onRefresh={() => void Promise.all([overview.refetch(), schema.refetch()])}
              onUse={(document) => workspace.open(document)}
            />
          </DocsColumn>
        ) : null}
        <div className={styles.work}>
          <div className={styles.bar}>
            <Tooltip label={docsShown ? 'Hide the schema' : 'Show the schema'}>
              <ActionIcon
                size={26}
                aria-label="Schema"
                aria-pressed={docsShown}
                data-pressed={docsShown || undefined}
                onClick={() => showDocs(!docsShown)}
              >
                <IconBook2 size={15} />
              </ActionIcon>
            </Tooltip>
            <TabBar
              tabs={workspace.tabs}
              active={tab.id}
              onChoose={workspace.choose}
              onOpen={() => workspace.open()}
              onClose={(id) => {
                runs.forget(id)
                workspace.close(id)
              }}
            />
            <Tooltip label="Prettify (Shift Alt F)">
              <ActionIcon size={26} aria-label="Prettify" onClick={() => editor.current?.prettify()}>
                <IconSparkles size={15} />
              </ActionIcon>
            </Tooltip>
            <Menu position="bottom-end">
              <Menu.Target>
                <Tooltip label="Copy as code">
                  <ActionIcon size={26} aria-label="Copy as code">
                    <IconCode size={15} />
                  </ActionIcon>
                </Tooltip>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => void copy('curl')}>Copy as curl</Menu.Item>
                <Menu.Item onClick={() => void copy('fetch')}>Copy as fetch</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
          <div className={styles.halves}>
            <div className={styles.input}>
              <div className={styles.document}>
                <DocumentEditor
                  key={tab.id}
                  handle={editor}
                  initial={tab.document}
                  schema={schema.data}
                  onChange={(document) => workspace.change({ document })}
                  onRun={() => void run(true)}
                  onShowDocs={(type, field) => {
                    showDocs(true)
                    setDocsPath((path) => [...path, { type, field }])
                  }}
                />
              </div>
              <Variables hint={tab.variables}>
                <VariablesEditor
                  key={tab.id}
                  initial={tab.variables}
                  operation={chosen?.node}
                  onChange={(variables) => workspace.change({ variables })}
                  onRun={() => void run(true)}
                />
              </Variables>
            </div>
            <section className={styles.outcome} aria-label="Result">
              <ResultPane outcome={outcome} onRetry={() => void run()} onShow={(shown) => runs.show(tab.id, shown)} />
            </section>
          </div>
        </div>
      </div>
    </Page>
  )
}

/** The schema is beside the documents until somebody hides it; on a phone it is hidden until somebody wants it. */
function useDocsShown(): [boolean, (shown: boolean) => void] {
  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const [beside, showBeside] = useLocalStorage({ key: 'plinth-graphql-docs', defaultValue: true, getInitialValueInEffect: false })
  const [above, showAbove] = useState(false)
  return narrow ? [above, showAbove] : [beside, showBeside]
}

function DocsColumn({ children }: { children: React.ReactNode }) {
  const [width, setWidth] = useLocalStorage({ key: 'plinth-pane-graphql', defaultValue: 280, getInitialValueInEffect: false })
  return (
    <section className={styles.docs} style={{ width }} aria-label="Schema">
      {children}
      <ResizeHandle side="right" width={width} min={200} max={520} onResize={setWidth} label="Resize the schema" />
    </section>
  )
}

/** The variables fold away; folded, their fault still shows. */
function Variables({ hint, children }: { hint: string; children: React.ReactNode }) {
  const [open, setOpen] = useLocalStorage({ key: 'plinth-graphql-variables', defaultValue: true, getInitialValueInEffect: false })
  const fault = variablesFault(hint)
  return (
    <div className={styles.variables} data-open={open || undefined}>
      <button type="button" className={styles.variablesHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
        Variables
        {fault === undefined ? null : <span className={styles.bad}>{fault}</span>}
      </button>
      {open ? <div className={styles.variablesText}>{children}</div> : null}
    </div>
  )
}

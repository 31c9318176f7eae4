import { SegmentedControl, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { projectQuery } from '../api/project.ts'
import { CodeBlock } from '../design/code-block.tsx'
import { Delayed } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { ValueField } from '../design/value-field.tsx'
import { connectionSnippets, type SnippetName } from './connection-snippets.ts'
import styles from './home.module.css'

/** URL and public key, and the lines that connect an app. Secrets are under Settings, Keys. */
export function ConnectionCard() {
  const project = useQuery(projectQuery)
  const [snippet, setSnippet] = useState<SnippetName>('env')
  if (project.isError)
    return <ErrorPanel title="The project's address is not known" error={project.error} onRetry={() => void project.refetch()} />
  const snippets = project.data === undefined ? undefined : connectionSnippets(project.data)
  return (
    <section className={styles.section} aria-label="Connect">
      <div className={styles.sectionHead}>
        <h2>Connect</h2>
        <SegmentedControl
          size="xs"
          aria-label="Format"
          value={snippet}
          onChange={(value) => setSnippet(value)}
          data={[
            { value: 'env', label: '.env' },
            { value: 'sdk', label: 'JavaScript' },
            { value: 'supabase', label: 'supabase-js' },
            { value: 'curl', label: 'curl' },
            { value: 'graphql', label: 'GraphQL' },
          ]}
        />
      </div>
      {project.data === undefined || snippets === undefined ? (
        <div style={{ height: 214 }}>
          <Delayed>
            <Skeleton height={54} mb={16} />
            <Skeleton height={130} />
          </Delayed>
        </div>
      ) : (
        <>
          <div className={styles.fields}>
            <ValueField label="URL" value={project.data.url} />
            <ValueField label="Publishable key" hint="safe in a browser" value={project.data.publishableKey} />
          </div>
          <CodeBlock code={snippets[snippet]} label={`the ${snippet} lines`} />
        </>
      )}
    </section>
  )
}

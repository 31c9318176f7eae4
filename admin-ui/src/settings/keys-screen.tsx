import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { IconEye } from '@tabler/icons-react'
import { useState } from 'react'
import { keysQuery, projectQuery } from '../api/project.ts'
import { Delayed } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { SecretField } from '../design/secret-field.tsx'
import { ValueField } from '../design/value-field.tsx'
import { Page } from '../frame/page.tsx'
import styles from './settings.module.css'

/** Public keys at once; secrets are read from the server only when asked for, and each reading is in the audit log. */
export function KeysScreen() {
  const project = useQuery(projectQuery)
  const [wanted, setWanted] = useState(false)
  const keys = useQuery({ ...keysQuery, enabled: wanted })
  return (
    <Page title="Keys">
      <div className={styles.page}>
        <section className={styles.section}>
          <div>
            <h2>Public</h2>
            <p className={styles.lead}>Safe in a browser or an app. Policies decide what they reach.</p>
          </div>
          {project.data === undefined ? (
            <Delayed>
              <Skeleton height={120} />
            </Delayed>
          ) : (
            <>
              <ValueField label="URL" value={project.data.url} />
              <ValueField label="Publishable key" value={project.data.publishableKey} />
              <ValueField label="Anonymous key" hint="the same as a JWT, for older clients" value={project.data.anonKey} />
            </>
          )}
        </section>
        <section className={styles.section}>
          <div>
            <h2>Secret</h2>
            <p className={styles.lead}>They pass every policy. Keep them on servers. Reading them is recorded in the audit log.</p>
          </div>
          {!wanted ? (
            <div>
              <Button variant="default" leftSection={<IconEye size={14} />} onClick={() => setWanted(true)}>
                Load secrets
              </Button>
            </div>
          ) : keys.isError ? (
            <ErrorPanel title="The secrets were not read" error={keys.error} onRetry={() => void keys.refetch()} />
          ) : keys.data === undefined ? (
            <Delayed>
              <Skeleton height={240} />
            </Delayed>
          ) : (
            <>
              <SecretField label="Secret key" value={keys.data.secretKey} />
              <SecretField label="Service key" hint="the same as a JWT, for older clients" value={keys.data.serviceKey} />
              <SecretField label="Database URL" value={keys.data.databaseUrl} />
              <SecretField label="S3 access key" value={keys.data.s3AccessKey} />
              <SecretField label="S3 secret key" value={keys.data.s3SecretKey} />
            </>
          )}
        </section>
      </div>
    </Page>
  )
}

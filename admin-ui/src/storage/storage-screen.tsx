import '../design/kit-styles.ts'
import { ActionIcon, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { IconFolder, IconPlus, IconWorld } from '@tabler/icons-react'
import { useState } from 'react'
import { SkeletonRows } from '../design/delayed.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { PaneList } from '../frame/pane-list.tsx'
import { Split } from '../frame/split.tsx'
import styles from '../frame/split.module.css'
import { CreateBucketDialog } from './create-bucket-dialog.tsx'
import { bucketsQuery } from './storage-queries.ts'
import { UploadTray } from './upload-tray.tsx'

/** Buckets on the left, the chosen one's files on the right. */
export function StorageScreen() {
  const buckets = useQuery(bucketsQuery)
  const [creating, setCreating] = useState(false)
  return (
    <Split
      name="storage"
      label="Buckets"
      list={
        <>
          <div className={styles.head}>
            <h3>Buckets</h3>
            <Tooltip label="Create bucket">
              <ActionIcon aria-label="Create bucket" onClick={() => setCreating(true)}>
                <IconPlus size={16} />
              </ActionIcon>
            </Tooltip>
          </div>
          <div style={{ height: 8 }} />
          {buckets.isPending ? (
            <SkeletonRows height={30} rows={4} />
          ) : buckets.isError ? (
            <div style={{ padding: 8 }}>
              <ErrorPanel title="The buckets cannot be listed" error={buckets.error} onRetry={() => void buckets.refetch()} />
            </div>
          ) : (
            <PaneList label="Buckets">
              {buckets.data.map((bucket) => (
                <li key={bucket.id}>
                  <Link
                    to="/storage/$bucket"
                    params={{ bucket: bucket.id }}
                    className={styles.item}
                    activeProps={{ 'data-active': true }}
                    activeOptions={{ includeSearch: false }}
                  >
                    {bucket.public ? <IconWorld size={15} aria-hidden /> : <IconFolder size={15} aria-hidden />}
                    <span className={styles.itemName}>{bucket.name}</span>
                    <span className={styles.itemNote}>{bucket.public ? 'public' : ''}</span>
                  </Link>
                </li>
              ))}
              {buckets.data.length === 0 ? <li className={styles.nothing}>No buckets yet.</li> : null}
            </PaneList>
          )}
        </>
      }
    >
      <Outlet />
      <UploadTray />
      {creating ? <CreateBucketDialog onClose={() => setCreating(false)} /> : null}
    </Split>
  )
}

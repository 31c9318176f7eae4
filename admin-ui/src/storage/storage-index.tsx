import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { IconFolder, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { Page } from '../frame/page.tsx'
import { CreateBucketDialog } from './create-bucket-dialog.tsx'
import { bucketsQuery } from './storage-queries.ts'

/** Opens the first bucket, or says what buckets are for. */
export function StorageIndex() {
  const buckets = useQuery(bucketsQuery)
  const [creating, setCreating] = useState(false)
  const first = buckets.data?.[0]
  if (first !== undefined) return <Navigate to="/storage/$bucket" params={{ bucket: first.id }} replace />
  return (
    <Page title="Storage">
      {buckets.isPending ? (
        <SkeletonRows />
      ) : (
        <EmptyState
          icon={<IconFolder size={20} />}
          title="No buckets yet"
          action={
            <Button leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
              Create bucket
            </Button>
          }
          code={`await plinth.storage.from('avatars').upload('ada.png', file)`}
          codeLabel="the JavaScript"
        >
          A bucket holds files. Policies decide who reads and writes them, or it is public for reading.
        </EmptyState>
      )}
      {creating ? <CreateBucketDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  )
}

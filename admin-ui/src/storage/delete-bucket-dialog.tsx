import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { sdk, unwrap } from '../api/sdk.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { toastDone } from '../design/toast.ts'
import { bucketsQuery } from './storage-queries.ts'

/** Empties and deletes a bucket, after its name was typed. */
export function DeleteBucketDialog({ bucket, onClose }: { bucket: string; onClose: () => void }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <ConfirmDialog
      opened
      title={`Delete bucket ${bucket}`}
      action="Delete bucket"
      typeToConfirm={bucket}
      onClose={onClose}
      onConfirm={async () => {
        const { storage } = await sdk()
        await unwrap(storage.emptyBucket(bucket))
        await unwrap(storage.deleteBucket(bucket))
        toastDone(`Bucket ${bucket} deleted`)
        await navigate({ to: '/storage' })
        await queries.invalidateQueries({ queryKey: bucketsQuery.queryKey })
      }}
    >
      This deletes every file of the bucket and the bucket itself. It cannot be undone.
    </ConfirmDialog>
  )
}

import type { ListedObject } from '@plinth/client'
import { Button, Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { sdk, unwrap } from '../api/sdk.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { CopyButton } from '../design/copy-button.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { formatBytes } from '../design/format.ts'
import { RelativeTime } from '../design/relative-time.tsx'
import { SideDrawer } from '../design/side-drawer.tsx'
import { toastDone, toastFailed } from '../design/toast.ts'
import { ValueField } from '../design/value-field.tsx'
import facts from '../users/users.module.css'
import { FilePreview } from './file-preview.tsx'
import styles from './storage.module.css'

/** One file: preview, facts, links, deletion. */
export function FileDrawer({
  bucket,
  isPublic,
  path,
  file,
  onClose,
}: {
  bucket: string
  isPublic: boolean
  path: string
  file: ListedObject
  onClose: () => void
}) {
  const queries = useQueryClient()
  const [seconds, setSeconds] = useState('3600')
  const [deleting, setDeleting] = useState(false)
  const sign = useMutation({
    mutationFn: async () => unwrap((await sdk()).storage.from(bucket).createSignedUrl(path, Number(seconds))),
  })
  const download = async () => {
    try {
      const blob = await unwrap((await sdk()).storage.from(bucket).download(path))
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = file.name
      link.click()
      URL.revokeObjectURL(link.href)
    } catch (error) {
      toastFailed('The file was not downloaded', error)
    }
  }
  return (
    <SideDrawer
      title={file.name}
      onClose={onClose}
      actions={
        <Button size="xs" variant="default" leftSection={<IconDownload size={13} />} onClick={() => void download()}>
          Download
        </Button>
      }
    >
      <FilePreview bucket={bucket} path={path} file={file} />
      <dl className={facts.facts}>
        <dt>Path</dt>
        <dd>
          <code>{path}</code>
          <CopyButton value={path} label="path" size={22} />
        </dd>
        <dt>Type</dt>
        <dd>{file.metadata?.mimetype ?? 'unknown'}</dd>
        <dt>Size</dt>
        <dd className="tabular" title={`${file.metadata?.size ?? 0} bytes`}>
          {formatBytes(file.metadata?.size ?? 0)}
        </dd>
        <dt>Changed</dt>
        <dd>
          <RelativeTime at={file.updated_at} />
        </dd>
        <dt>ETag</dt>
        <dd>
          <code>{file.metadata?.eTag ?? 'none'}</code>
        </dd>
      </dl>
      <section className={facts.section}>
        <h3>{isPublic ? 'Public address' : 'Signed address'}</h3>
        {isPublic ? (
          <ValueField
            label=""
            value={`${window.location.origin}/storage/v1/object/public/${encodeURIComponent(bucket)}/${path.split('/').map(encodeURIComponent).join('/')}`}
          />
        ) : (
          <>
            <div className={styles.sign}>
              <Select
                aria-label="Valid for"
                value={seconds}
                data={[
                  { value: '300', label: 'for 5 minutes' },
                  { value: '3600', label: 'for 1 hour' },
                  { value: '86400', label: 'for 1 day' },
                  { value: '604800', label: 'for 1 week' },
                ]}
                onChange={(value) => setSeconds(value ?? '3600')}
              />
              <Button variant="default" loading={sign.isPending} onClick={() => sign.mutate()}>
                Sign address
              </Button>
            </div>
            {sign.isError ? <ErrorPanel title="No address was signed" error={sign.error} /> : null}
            {sign.data === undefined ? null : <ValueField label="" value={sign.data.signedUrl} />}
          </>
        )}
      </section>
      <div className={facts.danger}>
        <span>Deletes the file for everyone.</span>
        <Button variant="default" onClick={() => setDeleting(true)}>
          Delete file
        </Button>
      </div>
      <ConfirmDialog
        opened={deleting}
        title="Delete file"
        action="Delete file"
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await unwrap((await sdk()).storage.from(bucket).remove([path]))
          toastDone(`${file.name} deleted`)
          onClose()
          await queries.invalidateQueries({ queryKey: ['storage', 'folder', bucket] })
        }}
      >
        This deletes {path}, {formatBytes(file.metadata?.size ?? 0)}. It cannot be undone.
      </ConfirmDialog>
    </SideDrawer>
  )
}

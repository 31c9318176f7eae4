import { ActionIcon, Button, Checkbox, Menu } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { IconDots, IconTrash, IconUpload, IconX } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { sdk, unwrap } from '../api/sdk.ts'
import { ConfirmDialog } from '../design/confirm-dialog.tsx'
import { SkeletonRows } from '../design/delayed.tsx'
import { EmptyState } from '../design/empty-state.tsx'
import { ErrorPanel } from '../design/error-panel.tsx'
import { plural } from '../design/format.ts'
import { Tag } from '../design/tag.tsx'
import { toastDone } from '../design/toast.ts'
import { Page } from '../frame/page.tsx'
import floating from '../tables/rows/filter-bar.module.css'
import { DeleteBucketDialog } from './delete-bucket-dialog.tsx'
import { chosenFiles, droppedFiles, type ChosenFile } from './dropped-files.ts'
import { FileDrawer } from './file-drawer.tsx'
import { FolderPath } from './folder-path.tsx'
import { FolderTable } from './folder-table.tsx'
import { bucketsQuery, folderLimit, folderQuery, joinPath } from './storage-queries.ts'
import { startUploads } from './uploads.ts'
import styles from './storage.module.css'

const route = getRouteApi('/app/storage/$bucket')
const none: ReadonlySet<string> = new Set()

/** The files of one folder of a bucket. Files dropped on it are uploaded into it. */
export function BucketScreen() {
  const { bucket: id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const path = search.path ?? ''
  const buckets = useQuery(bucketsQuery)
  const folder = useQuery(folderQuery(id, path))
  const [selected, setSelected] = useState<ReadonlySet<string>>(none)
  const [dragging, setDragging] = useState(false)
  const [deleting, setDeleting] = useState<'files' | 'bucket' | undefined>(undefined)
  const input = useRef<HTMLInputElement>(null)
  const bucket = buckets.data?.find((one) => one.id === id)
  const entries = folder.data ?? []
  const files = entries.filter((entry) => entry.id !== null)
  const openedFile = files.find((entry) => joinPath(path, entry.name) === search.file)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['storage', 'folder', id] })
  const upload = (chosen: ChosenFile[]) =>
    startUploads(
      id,
      chosen.map(({ file, path: name }) => ({ file, path: joinPath(path, name) })),
      refresh,
    )
  const go = (to: string) => {
    setSelected(none)
    void navigate({ search: { path: to === '' ? undefined : to } })
  }
  const onDrop = async (event: DragEvent) => {
    event.preventDefault()
    setDragging(false)
    upload(await droppedFiles(event.dataTransfer))
  }
  const uploadButton = (
    <Button leftSection={<IconUpload size={14} />} onClick={() => input.current?.click()}>
      Upload files
    </Button>
  )
  return (
    <Page
      scroll={false}
      title={
        <>
          <FolderPath bucket={bucket?.name ?? id} path={path} onGo={go} />
          {bucket?.public === true ? <Tag tone="warn">public</Tag> : null}
        </>
      }
      actions={
        <>
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label="More about this bucket">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setDeleting('bucket')}>
                Delete bucket
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          {uploadButton}
        </>
      }
    >
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => {
          upload(chosenFiles(event.currentTarget.files))
          event.currentTarget.value = ''
        }}
      />
      <div
        className={styles.drop}
        data-dragging={dragging || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setDragging(true)
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false)
        }}
        onDrop={(event) => void onDrop(event)}
      >
        {folder.isPending ? (
          <SkeletonRows height={40} />
        ) : folder.isError ? (
          <div style={{ padding: 24 }}>
            <ErrorPanel title="The folder cannot be shown" error={folder.error} onRetry={() => void folder.refetch()} />
          </div>
        ) : entries.length === 0 ? (
          <EmptyState
            icon={<IconUpload size={20} />}
            title={path === '' ? 'This bucket is empty' : 'This folder is empty'}
            action={uploadButton}
            code={`await plinth.storage.from('${id}').upload('${joinPath(path, 'photo.png')}', file)`}
            codeLabel="the JavaScript"
          >
            Drop files or folders here, or choose them.
          </EmptyState>
        ) : (
          <FolderTable
            entries={entries}
            path={path}
            openedFile={search.file}
            selected={selected}
            onSelect={setSelected}
            onOpenFolder={(name) => go(joinPath(path, name))}
            onOpenFile={(name) => void navigate({ search: (before) => ({ ...before, file: joinPath(path, name) }), replace: true })}
            head={
              <Checkbox
                size="xs"
                aria-label="Select all files"
                checked={files.length > 0 && files.every((file) => selected.has(file.name))}
                indeterminate={selected.size > 0 && !files.every((file) => selected.has(file.name))}
                onChange={(event) => setSelected(event.currentTarget.checked ? new Set(files.map((file) => file.name)) : none)}
              />
            }
          />
        )}
        {entries.length >= folderLimit ? <p className={styles.more}>Only the first {folderLimit} entries are shown.</p> : null}
      </div>
      {selected.size === 0 ? null : (
        <div className={floating.floating} role="region" aria-label="Chosen files">
          <span className={floating.floatingText}>{plural(selected.size, 'file')} selected</span>
          <Button size="xs" color="red" onClick={() => setDeleting('files')}>
            Delete files
          </Button>
          <ActionIcon aria-label="Clear the selection" onClick={() => setSelected(none)}>
            <IconX size={15} />
          </ActionIcon>
        </div>
      )}
      {openedFile === undefined || search.file === undefined ? null : (
        <FileDrawer
          key={search.file}
          bucket={id}
          isPublic={bucket?.public === true}
          path={search.file}
          file={openedFile}
          onClose={() => void navigate({ search: (before) => ({ ...before, file: undefined }), replace: true })}
        />
      )}
      <ConfirmDialog
        opened={deleting === 'files'}
        title={`Delete ${plural(selected.size, 'file')}`}
        action={`Delete ${plural(selected.size, 'file')}`}
        onClose={() => setDeleting(undefined)}
        onConfirm={async () => {
          await unwrap((await sdk()).storage.from(id).remove([...selected].map((name) => joinPath(path, name))))
          toastDone(`${plural(selected.size, 'file')} deleted`)
          setSelected(none)
          refresh()
        }}
      >
        This deletes {[...selected].slice(0, 3).join(', ')}
        {selected.size > 3 ? ` and ${selected.size - 3} more` : ''}. It cannot be undone.
      </ConfirmDialog>
      {deleting === 'bucket' ? <DeleteBucketDialog bucket={id} onClose={() => setDeleting(undefined)} /> : null}
    </Page>
  )
}

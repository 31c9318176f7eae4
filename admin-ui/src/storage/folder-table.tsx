import type { ListedObject } from '@plinth/client'
import { Checkbox } from '@mantine/core'
import { IconFile, IconFileText, IconFolder, IconMovie, IconMusic, IconPhoto, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatBytes } from '../design/format.ts'
import { RelativeTime } from '../design/relative-time.tsx'
import list from '../design/thing-table.module.css'
import { joinPath } from './storage-queries.ts'
import styles from './storage.module.css'

/** Folders first, then files. */
export function FolderTable({
  entries,
  path,
  openedFile,
  selected,
  onSelect,
  onOpenFolder,
  onOpenFile,
  head,
}: {
  entries: readonly ListedObject[]
  path: string
  openedFile: string | undefined
  selected: ReadonlySet<string>
  onSelect: (names: ReadonlySet<string>) => void
  onOpenFolder: (name: string) => void
  onOpenFile: (name: string) => void
  head: ReactNode
}) {
  const sorted = [...entries].sort((a, b) => Number(a.id !== null) - Number(b.id !== null))
  const toggle = (name: string) => {
    const next = new Set(selected)
    if (!next.delete(name)) next.add(name)
    onSelect(next)
  }
  return (
    <table className={`${list.table} ${styles.files}`} style={{ tableLayout: 'fixed' }}>
      <thead>
        <tr>
          <th style={{ width: 52 }}>{head}</th>
          <th>Name</th>
          <th style={{ width: 136 }}>Type</th>
          <th style={{ width: 84 }} className={list.number}>
            Size
          </th>
          <th style={{ width: 152 }}>Changed</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((entry) => {
          const isFolder = entry.id === null
          const EntryIcon = isFolder ? IconFolder : iconOf(entry.metadata?.mimetype ?? '')
          const open = () => (isFolder ? onOpenFolder(entry.name) : onOpenFile(entry.name))
          return (
            <tr
              key={entry.name}
              className={list.clickable}
              data-active={(!isFolder && openedFile === joinPath(path, entry.name)) || undefined}
              onClick={open}
            >
              <td onClick={(event) => event.stopPropagation()}>
                {isFolder ? null : (
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${entry.name}`}
                    checked={selected.has(entry.name)}
                    onChange={() => toggle(entry.name)}
                  />
                )}
              </td>
              <td>
                <button type="button" className={styles.entry} onClick={open}>
                  <EntryIcon size={16} aria-hidden className={styles.entryIcon} />
                  {entry.name}
                </button>
              </td>
              <td className={styles.dim}>{isFolder ? 'folder' : (entry.metadata?.mimetype ?? 'unknown')}</td>
              <td className={list.number}>{isFolder ? '' : formatBytes(entry.metadata?.size ?? 0)}</td>
              <td>{isFolder ? null : <RelativeTime at={entry.updated_at} />}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function iconOf(type: string): Icon {
  if (type.startsWith('image/')) return IconPhoto
  if (type.startsWith('video/')) return IconMovie
  if (type.startsWith('audio/')) return IconMusic
  if (type.startsWith('text/') || type.includes('json')) return IconFileText
  return IconFile
}

import type { ListedObject } from '@plinth/client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { formatBytes } from '../design/format.ts'
import { blobQuery } from './storage-queries.ts'
import styles from './storage.module.css'

const previewBytesMax = 10_000_000
const textCharsMax = 20_000

/** Pictures, sound, film and text are shown; of anything else only the facts. */
export function FilePreview({ bucket, path, file }: { bucket: string; path: string; file: ListedObject }) {
  const type = file.metadata?.mimetype ?? ''
  const size = file.metadata?.size ?? 0
  // SVG may carry scripts, but inside <img> none of them runs.
  const kind = type.startsWith('image/')
    ? 'image'
    : type.startsWith('video/')
      ? 'video'
      : type.startsWith('audio/')
        ? 'audio'
        : /^text\/|json|xml|javascript|yaml/.test(type)
          ? 'text'
          : undefined
  const shown = kind !== undefined && size <= previewBytesMax
  const blob = useQuery({ ...blobQuery(bucket, path, file.metadata?.eTag ?? ''), enabled: shown })
  const [url, setUrl] = useState<string | undefined>(undefined)
  const [text, setText] = useState<string | undefined>(undefined)
  useEffect(() => {
    if (blob.data === undefined) return
    if (kind === 'text') {
      void blob.data.slice(0, textCharsMax).text().then(setText)
      return
    }
    // The stored type, not the one the answer came with: a stranger chose the latter.
    const made = URL.createObjectURL(new Blob([blob.data], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [blob.data, kind, type])
  if (!shown)
    return (
      <div className={styles.noPreview}>
        {kind === undefined ? 'No preview of this type' : `Too large for a preview: ${formatBytes(size)}`}
      </div>
    )
  if (blob.isError) return <div className={styles.noPreview}>The preview could not be read</div>
  return (
    <div className={styles.preview} aria-busy={blob.isPending}>
      {kind === 'image' && url !== undefined ? <img src={url} alt={file.name} /> : null}
      {kind === 'video' && url !== undefined ? <video src={url} controls /> : null}
      {kind === 'audio' && url !== undefined ? <audio src={url} controls /> : null}
      {kind === 'text' && text !== undefined ? <pre tabIndex={0}>{text}</pre> : null}
    </div>
  )
}

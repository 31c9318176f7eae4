import { ActionIcon, Progress } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconX } from '@tabler/icons-react'
import { formatBytes, plural } from '../design/format.ts'
import { cancelUpload, clearUploads, useUploads } from './uploads.ts'
import styles from './storage.module.css'

/** Uploads at work, in the corner. */
export function UploadTray() {
  const uploads = useUploads()
  if (uploads.length === 0) return null
  const open = uploads.filter((upload) => upload.state === 'sending' || upload.state === 'waiting').length
  return (
    <section className={styles.tray} aria-label="Uploads">
      <header className={styles.trayHead}>
        <h3 aria-live="polite">
          {open > 0
            ? `Uploading ${plural(open, 'file')}`
            : `${plural(uploads.filter((upload) => upload.state === 'done').length, 'file')} uploaded`}
        </h3>
        <ActionIcon aria-label="Clear the list" disabled={open > 0} onClick={clearUploads}>
          <IconX size={15} />
        </ActionIcon>
      </header>
      <ul className={styles.trayList}>
        {uploads.map((upload) => (
          <li key={upload.id}>
            <div className={styles.trayRow}>
              {upload.state === 'done' ? (
                <IconCircleCheck size={14} color="var(--good)" aria-label="Uploaded" />
              ) : upload.state === 'failed' ? (
                <IconCircleX size={14} color="var(--bad)" aria-label="Failed" />
              ) : null}
              <span className={styles.trayName} title={upload.path}>
                {upload.path}
              </span>
              <span className={styles.trayNote}>
                {upload.state === 'sending'
                  ? `${formatBytes(upload.sent)} of ${formatBytes(upload.size)}`
                  : upload.state === 'waiting'
                    ? 'waits'
                    : formatBytes(upload.size)}
              </span>
              {upload.state === 'sending' || upload.state === 'waiting' ? (
                <ActionIcon size={22} aria-label={`Stop ${upload.path}`} onClick={() => cancelUpload(upload.id)}>
                  <IconX size={13} />
                </ActionIcon>
              ) : null}
            </div>
            {upload.state === 'failed' ? <p className={styles.trayFault}>{upload.reason}</p> : null}
            {upload.state === 'sending' ? (
              <Progress
                size={3}
                value={upload.size === 0 ? 100 : (upload.sent / upload.size) * 100}
                aria-label={`Progress of ${upload.path}`}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

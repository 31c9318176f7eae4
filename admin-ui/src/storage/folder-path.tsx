import { Fragment } from 'react'
import styles from './storage.module.css'

/** Where one is: bucket, then folders; each is a step back. */
export function FolderPath({ bucket, path, onGo }: { bucket: string; path: string; onGo: (path: string) => void }) {
  const parts = path === '' ? [] : path.split('/')
  return (
    <nav className={styles.path} aria-label="Folder">
      {parts.length === 0 ? (
        <h1>{bucket}</h1>
      ) : (
        <button type="button" onClick={() => onGo('')}>
          {bucket}
        </button>
      )}
      {parts.map((part, index) => (
        <Fragment key={index}>
          <span aria-hidden>/</span>
          {index === parts.length - 1 ? (
            <h1>{part}</h1>
          ) : (
            <button type="button" onClick={() => onGo(parts.slice(0, index + 1).join('/'))}>
              {part}
            </button>
          )}
        </Fragment>
      ))}
    </nav>
  )
}

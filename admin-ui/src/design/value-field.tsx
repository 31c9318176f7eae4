import { CopyButton } from './copy-button.tsx'
import styles from './value-field.module.css'

/** A value to read and copy: a URL, a public key, an id. */
export function ValueField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  return (
    <div className={styles.field}>
      <div className={styles.label}>
        {label}
        {hint === undefined ? null : <span className={styles.hint}>{hint}</span>}
      </div>
      <div className={styles.box}>
        <code className={styles.value} title={value}>
          {value}
        </code>
        <CopyButton value={value} label={label} />
      </div>
    </div>
  )
}

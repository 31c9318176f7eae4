import { CopyButton } from './copy-button.tsx'
import styles from './code-block.module.css'

/** Code to read and copy. `label` names it for the copy button, for example "the .env block". */
export function CodeBlock({ code, label, maxHeight, wrap = false }: { code: string; label: string; maxHeight?: number; wrap?: boolean }) {
  return (
    <div className={styles.block}>
      <pre className={styles.code} data-wrap={wrap || undefined} style={{ maxHeight }} tabIndex={0} aria-label={label}>
        {code}
      </pre>
      <div className={styles.copy}>
        <CopyButton value={code} label={label} />
      </div>
    </div>
  )
}

import { ActionIcon, Tooltip } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import styles from './value-field.module.css'

const revealedForMs = 30_000

/** A secret: hidden, revealed for 30 seconds, copied without being shown. */
export function SecretField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const [revealed, setRevealed] = useState(false)
  useEffect(() => {
    if (!revealed) return
    const timer = setTimeout(() => setRevealed(false), revealedForMs)
    return () => clearTimeout(timer)
  }, [revealed])
  const action = revealed ? `Hide ${label}` : `Reveal ${label} for 30 seconds`
  return (
    <div className={styles.field}>
      <div className={styles.label}>
        {label}
        {hint === undefined ? null : <span className={styles.hint}>{hint}</span>}
      </div>
      <div className={styles.box}>
        <code className={styles.value} aria-label={revealed ? label : `${label}, hidden`}>
          {revealed ? value : '•'.repeat(32)}
        </code>
        <Tooltip label={action}>
          <ActionIcon size={26} aria-label={action} onClick={() => setRevealed(!revealed)}>
            {revealed ? <IconEyeOff size={14} /> : <IconEye size={14} />}
          </ActionIcon>
        </Tooltip>
        <CopyButton value={value} label={label} />
      </div>
    </div>
  )
}

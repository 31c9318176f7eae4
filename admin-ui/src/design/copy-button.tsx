import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Copies a value and says so for two seconds. */
export function CopyButton({ value, label, size = 26 }: { value: string; label: string; size?: number }) {
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <Tooltip label={clipboard.copied ? 'Copied' : `Copy ${label}`}>
      <ActionIcon size={size} aria-label={clipboard.copied ? 'Copied' : `Copy ${label}`} onClick={() => clipboard.copy(value)}>
        {clipboard.copied ? <IconCheck size={14} color="var(--good)" /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  )
}

import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatExact, formatRelative } from './format.ts'

/** "3 minutes ago", exact with its zone on hover or focus. */
export function RelativeTime({ at, fallback = 'never' }: { at: string | null | undefined; fallback?: string }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 20_000)
    return () => clearInterval(timer)
  }, [])
  if (at === null || at === undefined || at === '') return <span style={{ color: 'var(--text-dim)' }}>{fallback}</span>
  const time = new Date(at)
  return (
    <Tooltip label={formatExact(time)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(time, now)}
      </time>
    </Tooltip>
  )
}

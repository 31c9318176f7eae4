import { IconCircleCheck, IconCircleDashed, IconCircleX, IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

const looks = {
  good: { icon: IconCircleCheck, colour: 'var(--good)' },
  bad: { icon: IconCircleX, colour: 'var(--bad)' },
  warn: { icon: IconAlertTriangle, colour: 'var(--warn)' },
  idle: { icon: IconCircleDashed, colour: 'var(--text-faint)' },
}

/** A state as icon and word: never colour alone. */
export function StateMark({ state, children }: { state: keyof typeof looks; children: ReactNode }) {
  const { icon: Icon, colour } = looks[state]
  return (
    <span
      style={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 6,
        color: state === 'idle' ? 'var(--text-dim)' : colour,
        whiteSpace: 'nowrap',
      }}
    >
      <Icon size={14} aria-hidden />
      {children}
    </span>
  )
}

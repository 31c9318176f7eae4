import { Skeleton } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'

/** Shows its children only when waiting has taken 150 ms: a fast answer never flickers. */
export function Delayed({ children }: { children: ReactNode }) {
  const [due, setDue] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), 150)
    return () => clearTimeout(timer)
  }, [])
  return due ? <>{children}</> : null
}

/** Rows of a list that is being loaded, in the list's own height. */
export function SkeletonRows({ rows = 8, height = 32 }: { rows?: number; height?: number }) {
  return (
    <Delayed>
      <div aria-busy="true" aria-label="Loading">
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} style={{ height, display: 'flex', alignItems: 'center', padding: '0 12px' }}>
            <Skeleton height={10} width={`${[62, 44, 71, 38, 55][row % 5]}%`} radius="xs" />
          </div>
        ))}
      </div>
    </Delayed>
  )
}

import { useRef } from 'react'
import styles from './resize-handle.module.css'

/** A draggable edge, also moved with the arrow keys. `side` is the edge of the panel that it sits on. */
export function ResizeHandle({
  side,
  width,
  min,
  max,
  onResize,
  label,
}: {
  side: 'left' | 'right'
  width: number
  min: number
  max: number
  onResize: (width: number) => void
  label: string
}) {
  const start = useRef({ x: 0, width: 0 })
  const direction = side === 'right' ? 1 : -1
  const set = (next: number) => onResize(Math.round(Math.min(max, Math.max(min, next))))
  return (
    <div
      className={styles.handle}
      data-side={side}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set(start.current.width + direction * (event.clientX - start.current.x))
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
        event.preventDefault()
        set(width + direction * (event.key === 'ArrowRight' ? 16 : -16))
      }}
    />
  )
}

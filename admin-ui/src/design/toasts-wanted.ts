// Whether there has been anything to say yet: the place for messages is loaded with the first one.
import { useSyncExternalStore } from 'react'

let wanted = false
const listeners = new Set<() => void>()

export function wantToasts(): void {
  if (wanted) return
  wanted = true
  for (const listener of listeners) listener()
}

export function useToastsWanted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => wanted,
  )
}

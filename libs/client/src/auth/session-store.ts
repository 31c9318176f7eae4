// Keeps the session: in the given storage, and serialises changes of it between tabs.
import type { Session, SessionStorage } from './types.ts'

interface Locks {
  request<T>(name: string, options: { mode: 'exclusive' }, work: () => Promise<T>): Promise<T>
}

/** The parts of a browser that are used when present. Typed here, so that Node needs no DOM types. */
interface Surroundings {
  localStorage?: SessionStorage
  navigator?: { locks?: Locks }
}

/** A storage that lives as long as the page or the process. */
export function memoryStorage(): SessionStorage {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

/** `localStorage`, when the page may use it (it throws in some private modes). */
export function defaultStorage(): SessionStorage {
  try {
    // Node has a `localStorage` getter from version 22 on that warns and needs a file: only a browser's counts.
    const storage = typeof document === 'undefined' ? undefined : (globalThis as Surroundings).localStorage
    if (storage === undefined) return memoryStorage()
    const probe = 'plinth-probe'
    void storage.setItem(probe, '')
    void storage.removeItem(probe)
    return storage
  } catch {
    return memoryStorage()
  }
}

declare const document: unknown

/** Runs `work` alone: among all tabs of this origin where the browser has Web Locks. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = typeof document === 'undefined' ? undefined : (globalThis as Surroundings).navigator?.locks
  return locks === undefined ? work() : locks.request(name, { mode: 'exclusive' }, work)
}

/** Parses a stored or received session; null for anything that is not one. */
export function asSession(value: unknown): Session | null {
  if (typeof value !== 'object' || value === null) return null
  const session = value as Partial<Session>
  if (typeof session.access_token !== 'string' || typeof session.refresh_token !== 'string') return null
  const expiresIn = typeof session.expires_in === 'number' ? session.expires_in : 3600
  return {
    ...(session as Session),
    expires_in: expiresIn,
    expires_at: typeof session.expires_at === 'number' ? session.expires_at : Math.floor(Date.now() / 1000) + expiresIn,
  }
}

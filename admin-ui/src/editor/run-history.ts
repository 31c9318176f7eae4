// What was run before, kept in this browser.
import { keep, readKept } from './kept.ts'

/** One run. Screens add what they need to run it again. */
export interface HistoryEntry {
  readonly text: string
  readonly at: string
  readonly ok: boolean
}

const entriesMax = 50

export function readHistory<E extends HistoryEntry>(key: string): E[] {
  const kept = readKept(key)
  return Array.isArray(kept) ? (kept as E[]) : []
}

/** Adds an entry in front; the same text moves up and does not appear twice. */
export function addToHistory<E extends HistoryEntry>(key: string, entry: E): E[] {
  const entries = [entry, ...readHistory<E>(key).filter((one) => one.text !== entry.text)].slice(0, entriesMax)
  keep(key, entries)
  return entries
}

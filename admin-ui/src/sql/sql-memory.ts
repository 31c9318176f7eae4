// The draft and the history, kept in this browser.

export interface HistoryEntry {
  readonly text: string
  readonly at: string
  readonly ok: boolean
}

const draftKey = 'plinth-sql-draft'
const historyKey = 'plinth-sql-history'
const entriesMax = 50

export function readDraft(): string {
  return read(draftKey) ?? ''
}
export function keepDraft(text: string): void {
  write(draftKey, text)
}

export function readHistory(): HistoryEntry[] {
  try {
    return JSON.parse(read(historyKey) ?? '[]') as HistoryEntry[]
  } catch {
    return []
  }
}
/** Adds an entry in front; the same text moves up and does not appear twice. */
export function addToHistory(entry: HistoryEntry): HistoryEntry[] {
  const entries = [entry, ...readHistory().filter((one) => one.text !== entry.text)].slice(0, entriesMax)
  write(historyKey, JSON.stringify(entries))
  return entries
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // A blocked or full storage costs the memory, not the work.
  }
}

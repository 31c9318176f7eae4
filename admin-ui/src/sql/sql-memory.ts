// The draft, kept in this browser as it is.

export const historyKey = 'plinth-sql-history'
const draftKey = 'plinth-sql-draft'

export function readDraft(): string {
  try {
    return localStorage.getItem(draftKey) ?? ''
  } catch {
    return ''
  }
}
export function keepDraft(text: string): void {
  try {
    localStorage.setItem(draftKey, text)
  } catch {
    // A blocked or full storage costs the memory, not the work.
  }
}

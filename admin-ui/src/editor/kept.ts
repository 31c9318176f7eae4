// Drafts and choices, kept in this browser.

/** What was kept under a key; undefined when there is nothing or it cannot be read. */
export function readKept(key: string): unknown {
  try {
    const text = localStorage.getItem(key)
    return text === null ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** Keeps a value. A blocked or full storage costs the memory, not the work. */
export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // See above.
  }
}

// Truth as SQL has it: true, false, unknown.

/** All of them, or one of them. */
export function junction(kind: 'and' | 'or', truths: readonly (boolean | null)[]): boolean | null {
  const decisive = kind === 'or'
  return truths.includes(decisive) ? decisive : truths.includes(null) ? null : !decisive
}

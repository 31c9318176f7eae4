// Words of SQL that a tree names. A dialect checks what it takes from a request; here it is checked that it did.

/** The word, when it is one of these. */
export function keyword<W extends string>(word: W, allowed: readonly W[]): W {
  if (!allowed.includes(word)) throw new TypeError(`no word of a statement: ${word}`)
  return word
}

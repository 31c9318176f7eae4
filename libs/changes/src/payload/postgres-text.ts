// Splits the text form of arrays and rows into their elements' text, as array_out and record_out write it.

/** An array's text as nested lists of element texts; null for NULL. `{1,{2}}` and `[0:1]={1,2}` are both accepted. */
export type NestedText = string | null | NestedText[]

/** `{a,"b c",NULL}` -> `['a', 'b c', null]`. Undefined when the text is not an array. */
export function parseArray(text: string, delimiter = ','): NestedText[] | undefined {
  const start = text.startsWith('[') ? text.indexOf('=') + 1 : 0
  if (text[start] !== '{') return undefined
  const stack: NestedText[][] = []
  let at = start
  while (at < text.length) {
    const char = text[at]!
    if (char === '{') {
      stack.push([])
      at++
    } else if (char === '}') {
      const done = stack.pop()!
      if (stack.length === 0) return done
      stack.at(-1)!.push(done)
      at++
    } else if (char === delimiter) {
      at++
    } else if (char === '"') {
      const quoted = readQuoted(text, at)
      stack.at(-1)!.push(quoted.value)
      at = quoted.end
    } else {
      let end = at
      while (end < text.length && text[end] !== delimiter && text[end] !== '}') end++
      const bare = text.slice(at, end)
      stack.at(-1)!.push(bare.toUpperCase() === 'NULL' ? null : bare.replace(/\\(.)/gs, '$1'))
      at = end
    }
  }
  return undefined
}

/** `(a,,"b ""c""")` -> `['a', null, 'b "c"']`. Undefined when the text is not a row. */
export function parseRow(text: string): (string | null)[] | undefined {
  if (text[0] !== '(' || !text.endsWith(')')) return undefined
  const fields: (string | null)[] = []
  let value: string | null = null
  let at = 1
  while (at < text.length) {
    const char = text[at]!
    if (char === ',' || char === ')') {
      fields.push(value)
      value = null
      at++
    } else if (char === '"') {
      const quoted = readQuoted(text, at)
      value = (value ?? '') + quoted.value
      at = quoted.end
    } else if (char === '\\') {
      value = (value ?? '') + (text[at + 1] ?? '')
      at += 2
    } else {
      value = (value ?? '') + char
      at++
    }
  }
  return fields
}

/** A quoted part from its opening quote on; quotes inside are doubled (rows) or escaped (arrays). */
function readQuoted(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start + 1
  while (at < text.length) {
    const char = text[at]!
    if (char === '\\') {
      value += text[at + 1] ?? ''
      at += 2
    } else if (char !== '"') {
      value += char
      at++
    } else if (text[at + 1] === '"') {
      value += '"'
      at += 2
    } else break
  }
  return { value, end: at + 1 }
}

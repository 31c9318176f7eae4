// JSON as text: indented without being read into values, because a JavaScript number would round bigint and numeric.

/** The same JSON over several lines; text that is no JSON comes back as it was. */
export function indentJson(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)
  if (tokens === null) return text
  const out: string[] = []
  let depth = 0
  const line = () => `\n${'  '.repeat(depth)}`
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i]!
    if (token === '{' || token === '[') {
      if (tokens[i + 1] === (token === '{' ? '}' : ']')) {
        out.push(token, tokens[(i += 1)]!)
        continue
      }
      depth += 1
      out.push(token, line())
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1)
      out.push(line(), token)
    } else if (token === ',') out.push(token, line())
    else out.push(token === ':' ? ': ' : token)
  }
  return out.join('')
}

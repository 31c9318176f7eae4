// `@graphql({…})` in comments: what owners say about names and keys, in the form of pg_graphql's comment directives. This is the
// only place that reads it.

/** A foreign key that a comment declares: of a view, or of a table that has no constraint for it. */
export interface DeclaredForeignKey {
  /** Name of the relationship on the other table, back to this one. */
  readonly local_name?: string
  readonly local_columns: readonly string[]
  /** Name of the relationship on this one. */
  readonly foreign_name?: string
  readonly foreign_schema: string
  readonly foreign_table: string
  readonly foreign_columns: readonly string[]
}

/** What a directive may say. Only valid options are here. */
export interface DirectiveOptions {
  readonly name?: string
  readonly description?: string
  readonly local_name?: string
  readonly foreign_name?: string
  readonly enum?: boolean
  readonly primary_key_columns?: readonly string[]
  readonly foreign_keys?: readonly DeclaredForeignKey[]
}

/** A comment, taken apart. */
export interface CommentDirective {
  readonly options: DirectiveOptions
  /** The comment without the directive, or the option `description`; null when nothing is left. */
  readonly text: string | null
  /** What is wrong with the directive; such options are not in `options`. */
  readonly problems: readonly string[]
}

/** What a comment may be about. */
export type DirectiveTarget = 'relation' | 'column' | 'function' | 'constraint'

const MARK = '@graphql('

const optionsOf: Readonly<Record<DirectiveTarget, readonly (keyof DirectiveOptions)[]>> = {
  relation: ['name', 'description', 'enum', 'primary_key_columns', 'foreign_keys'],
  column: ['name', 'description'],
  function: ['name', 'description'],
  constraint: ['foreign_name', 'local_name'],
}

/** Reads a comment. */
export function readDirective(comment: string | null, target: DirectiveTarget): CommentDirective {
  const start = comment === null ? -1 : comment.indexOf(MARK)
  if (comment === null || start < 0) return { options: {}, text: comment, problems: [] }
  const end = endOfJson(comment, start + MARK.length)
  const closed = end === undefined ? undefined : /^\s*\)/.exec(comment.slice(end))
  // Without an end it is not known which words are meant for people: those before it are.
  const rest = closed == null ? '' : comment.slice(end! + closed[0].length)
  const text = `${comment.slice(0, start).trim()}\n${rest.trim()}`.trim()
  const problems: string[] = rest.includes(MARK) ? ['it has more than one @graphql(…): only the first counts'] : []
  const given = parsed(closed == null ? undefined : comment.slice(start + MARK.length, end))
  if (given === undefined) problems.push('what stands in @graphql(…) is not a JSON object')
  const options = given === undefined ? {} : validOptions(given, target, problems)
  return { options, text: options.description ?? (cut(text) || null), problems }
}

/** A comment as people should read it: without directives. */
export function descriptionOf(comment: string | null): string | null {
  return comment === null || !comment.includes(MARK) ? comment : readDirective(comment, 'relation').text
}

/** Further directives are no words for people either. */
function cut(text: string): string {
  const at = text.indexOf(MARK)
  return at < 0 ? text : text.slice(0, at).trim()
}

/** Where the JSON object that starts here ends. */
function endOfJson(text: string, start: number): number | undefined {
  let depth = 0
  let isInString = false
  for (let i = start; i < text.length; i += 1) {
    const char = text[i]!
    if (isInString) {
      if (char === '\\') i += 1
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '{' || char === '[') depth += 1
    else if ((char === '}' || char === ']') && --depth === 0) return i + 1
    else if (char === ')' && depth === 0) return undefined
  }
  return undefined
}

function parsed(json: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = json === undefined ? undefined : JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function validOptions(given: Readonly<Record<string, unknown>>, target: DirectiveTarget, problems: string[]): DirectiveOptions {
  const valid: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const isKnown = (optionsOf[target] as readonly string[]).includes(name)
    const wrong = isKnown ? checks[name as keyof DirectiveOptions](value) : unknownOption(target)
    if (wrong === undefined) valid[name] = value
    else problems.push(`the option "${name}" is ignored: ${wrong}`)
  }
  return valid
}

const places: Readonly<Record<DirectiveTarget, string>> = {
  relation: 'a table or view',
  column: 'a column',
  function: 'a function',
  constraint: 'a foreign key',
}

function unknownOption(target: DirectiveTarget): string {
  return `${places[target]} may have ${optionsOf[target].map((name) => `"${name}"`).join(', ')}`
}

const graphqlName = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/

/** Says what is wrong with a value, if anything is. */
type Check = (value: unknown) => string | undefined

const isName: Check = (value) =>
  typeof value === 'string' && graphqlName.test(value)
    ? undefined
    : 'it must be a name of letters, digits and underscores that does not begin with a digit or two underscores'
const isText: Check = (value) => (typeof value === 'string' ? undefined : 'it must be a text')
const isColumns: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string') && new Set(value).size === value.length
    ? undefined
    : 'it must be a list of column names'

const checks: Readonly<Record<keyof DirectiveOptions, Check>> = {
  name: isName,
  description: isText,
  local_name: isName,
  foreign_name: isName,
  enum: (value) => (typeof value === 'boolean' ? undefined : 'it must be true or false'),
  primary_key_columns: isColumns,
  foreign_keys: (value) => {
    if (!Array.isArray(value)) return 'it must be a list'
    for (const [i, item] of value.entries()) {
      const wrong = isObject(item) ? wrongKey(item) : 'it must be an object'
      if (wrong !== undefined) return `its item ${i + 1}: ${wrong}`
    }
    return undefined
  },
}

const keyChecks: Readonly<Record<keyof DeclaredForeignKey, Check>> = {
  local_name: (value) => (value === undefined ? undefined : isName(value)),
  local_columns: isColumns,
  foreign_name: (value) => (value === undefined ? undefined : isName(value)),
  foreign_schema: isText,
  foreign_table: isText,
  foreign_columns: isColumns,
}

function wrongKey(item: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = Object.keys(item).find((name) => !Object.hasOwn(keyChecks, name))
  if (unknown !== undefined) return `"${unknown}" is none of ${Object.keys(keyChecks).join(', ')}`
  for (const [name, check] of Object.entries(keyChecks)) {
    const wrong = check(item[name])
    if (wrong !== undefined) return `"${name}": ${wrong}`
  }
  return (item['local_columns'] as unknown[]).length === (item['foreign_columns'] as unknown[]).length
    ? undefined
    : '"local_columns" and "foreign_columns" must be equally many'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

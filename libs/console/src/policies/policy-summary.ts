import type { Policy } from '../admin-api.types.ts'

const verbs: Record<Policy['command'], string> = {
  all: 'read and change',
  select: 'read',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
}

/** A policy in one plain sentence, for example "Signed-in users may read every row." */
export function summarizePolicy(policy: Omit<Policy, 'summary'>): string {
  const who = policy.roles.map(roleWords)
  const subject = capitalize(joinWords(who.some((word) => word === 'everyone') ? ['everyone'] : who))
  const using = conditionWords(policy.using)
  // Without a check of its own, Postgres holds new rows against the condition for old ones.
  const check = policy.check === null ? using : conditionWords(policy.check)
  const rows = policy.command === 'insert' ? check : using
  const sentence = policy.permissive
    ? `${subject} may ${verbs[policy.command]} ${rows}`
    : `${subject} may ${verbs[policy.command]} only ${rows === 'every row' ? 'what other policies allow' : `${rows} (on top of the other policies)`}`
  const isDifferent = (policy.command === 'update' || policy.command === 'all') && check !== using
  return `${sentence}${isDifferent ? `; what is written must be ${check === 'every row' ? 'any row' : check}` : ''}.`
}

function roleWords(role: string): string {
  if (role === 'public') return 'everyone'
  if (role === 'anon') return 'visitors without sign-in'
  if (role === 'authenticated') return 'signed-in users'
  return `the role ${role}`
}

const uid = String.raw`\(*\s*(?:select\s+)?auth\.uid\(\)(?:\s+as\s+uid)?\s*\)*`
const column = String.raw`\(*"?([\w ]+?)"?\)*`
const ownerForms = [new RegExp(`^\\(*${uid}\\s*=\\s*${column}\\)*$`, 'i'), new RegExp(`^\\(*${column}\\s*=\\s*${uid}\\)*$`, 'i')]

/** Recognises the common conditions; others are shown as they are. */
function conditionWords(expression: string | null): string {
  if (expression === null || /^\(*true\)*$/i.test(expression)) return 'every row'
  if (/^\(*false\)*$/i.test(expression)) return 'no row'
  for (const form of ownerForms) {
    const match = form.exec(expression.trim())
    if (match !== null) return `rows whose ${match[1]} is the signed-in user`
  }
  return `rows where ${expression.replace(/\s+/g, ' ').trim()}`
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'nobody') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

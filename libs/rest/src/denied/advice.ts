// What follows from a report, in words that say what to do.
import { quoteIdentifier } from '#libs/postgres'
import type { DeniedReport, PolicyCheck } from './denied-report.ts'

/** Sentences, the most pressing first. */
export function adviceOf(report: Omit<DeniedReport, 'advice'>): string[] {
  const { missingGrants, checks, matching, role, relation } = report
  const advice = missingGrants.map(({ privilege, columns, grant }) => {
    const what = columns === undefined ? privilege : `${privilege} on ${columns.join(', ')}`
    return `The role ${role} has no ${what}: ${grant};`
  })
  if (matching?.rows === 0) advice.push('No row matches the filters, whoever asks.')
  for (const check of checks) advice.push(...adviceOfCheck(check, role, relation))
  const select = checks.find(({ command, rows }) => command === 'SELECT' && rows === 'existing')
  if (matching != null && matching.visible !== null && select?.passed != null && select.passed !== matching.visible) {
    advice.push(
      `With the owner’s rights on tables that the policies look at, ${rowsOf(select.passed)} would be visible, with the user’s ${rowsOf(matching.visible)}: policies or grants of those tables decide.`,
    )
  }
  return advice
}

function adviceOfCheck(check: PolicyCheck, role: string, relation: string): string[] {
  const { command, rows, policies, examined, passed, forOtherRoles } = check
  if (!policies.some(({ permissive }) => permissive)) {
    const others = forOtherRoles.length === 0 ? '' : ` (${forOtherRoles.join(', ')}: for other roles)`
    const clause = rows === 'new' && command === 'INSERT' ? 'with check' : 'using'
    const table = relation.split('.').map(quoteIdentifier).join('.')
    return [
      `No policy for ${command} lets ${role} do anything${others}. For example: create policy … on ${table} for ${command.toLowerCase()} to ${quoteIdentifier(role)} ${clause} (…);`,
    ]
  }
  if (check.error !== undefined) return [`The policies for ${command} could not be tried on ${rows} rows: ${check.error}`]
  if (examined === null || passed === null || passed === examined) return []
  const refusing = policies.filter((policy) => policy.passed !== null && policy.passed < examined)
  const names = refusing.map(({ name, permissive, passed: own }) => `${name}${permissive ? '' : ' (restrictive)'} lets ${own} through`)
  const verb = rows === 'existing' ? 'hidden' : 'refused'
  return [
    `Of ${rowsOf(examined)} ${examined - passed} ${examined - passed === 1 ? 'is' : 'are'} ${verb} by the policies for ${command}: ${names.join(', ')}.`,
  ]
}

function rowsOf(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}

// What an owner should know of a table or function: the ways in which rows become visible without a policy.
import type { DatabaseFunction, Relation } from '#libs/catalog'

/** The roles that strangers and users come as; service_role bypasses policies by design. */
const isOpenRole = (role: string): boolean => role !== 'service_role'

/** Warnings of a relation, most severe first. */
export function relationWarnings(relation: Relation, figures: { readonly policyCount: number }, roles: readonly string[]): string[] {
  const warnings: string[] = []
  const granted = roles.filter((role) => isOpenRole(role) && mayAnything(relation, role))
  const isTable = relation.kind === 'table' || relation.kind === 'partitioned_table'
  if (granted.length > 0) {
    const names = granted.join(', ')
    if (isTable && !relation.rowSecurity.enabled) warnings.push(`Granted to ${names} without row-level security: they reach every row.`)
    if (relation.kind === 'view' && !relation.securityInvoker) {
      warnings.push(
        `Granted to ${names}, and it runs with its owner's rights: policies of the tables below do not hold. Set security_invoker = true.`,
      )
    }
    if (relation.kind === 'materialized_view')
      warnings.push(`Granted to ${names}: a materialised view has no policies, they reach every row of it.`)
    if (relation.kind === 'foreign_table')
      warnings.push(`Granted to ${names}: a foreign table has no policies, they reach every row of it.`)
  }
  if (isTable && relation.rowSecurity.enabled && figures.policyCount === 0 && granted.length > 0) {
    warnings.push(`Row-level security is on and no policy exists: ${granted.join(', ')} may ask, and get no rows.`)
  }
  if (isTable && !relation.rowSecurity.enabled && figures.policyCount > 0)
    warnings.push('It has policies, but row-level security is off: they have no effect.')
  if (isTable && relation.primaryKey === null) warnings.push('It has no primary key: single rows cannot be addressed.')
  return warnings
}

/** Warnings of a function. */
export function functionWarnings(each: DatabaseFunction, roles: readonly string[]): string[] {
  if (!each.securityDefiner) return []
  const callers = roles.filter((role) => isOpenRole(role) && each.isExecutableBy(role))
  return callers.length === 0
    ? []
    : [`Runs with its owner's rights (SECURITY DEFINER) and may be called by ${callers.join(', ')}: policies do not hold inside.`]
}

function mayAnything(relation: Relation, role: string): boolean {
  const may = relation.privilegesOf(role)
  return may.select.size > 0 || may.insert.size > 0 || may.update.size > 0 || may.delete
}

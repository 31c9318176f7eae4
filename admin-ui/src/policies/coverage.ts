import type { Policy, TableInfo } from '#admin-api'

export const commands = ['select', 'insert', 'update', 'delete'] as const
export type Command = (typeof commands)[number]
/** allow: all rows. some: rows that a condition allows. deny: nothing, with the reason. */
export interface Coverage {
  readonly access: 'allow' | 'some' | 'deny'
  readonly why: string
}

/** What a role may do with a table, from its grants, row-level security and policies. Postgres decides; this explains. */
export function coverageOf(table: TableInfo, policies: readonly Policy[], role: string, command: Command): Coverage {
  if (role === 'service_role') return { access: 'allow', why: 'The service role passes every policy' }
  if (table.grants[role]?.includes(command) !== true) return { access: 'deny', why: `No ${command} grant for ${role}` }
  if (!table.rowSecurity) return { access: 'allow', why: 'Granted, and row-level security is off' }
  const matching = policies.filter(
    (policy) =>
      policy.schema === table.schema &&
      policy.table === table.name &&
      (policy.command === 'all' || policy.command === command) &&
      (policy.roles.length === 0 || policy.roles.includes('public') || policy.roles.includes(role)),
  )
  const permissive = matching.filter((policy) => policy.permissive)
  if (permissive.length === 0) return { access: 'deny', why: 'Granted, but no policy allows a row' }
  const open = permissive.find((policy) => isAlways(policy, command))
  const restricted = matching.some((policy) => !policy.permissive)
  if (open !== undefined && !restricted) return { access: 'allow', why: `${open.name}: all rows` }
  return { access: 'some', why: matching.map((policy) => `${policy.name}: ${policy.summary}`).join('\n') }
}

function isAlways(policy: Policy, command: Command): boolean {
  const conditions =
    command === 'insert'
      ? [policy.check ?? policy.using]
      : command === 'update'
        ? [policy.using, policy.check ?? policy.using]
        : [policy.using]
  return conditions.every((condition) => condition?.trim() === 'true')
}

/** Roles worth a row in the grid: the two of every project, and others that have a grant or a policy. */
export function rolesOf(table: TableInfo, policies: readonly Policy[]): string[] {
  const named = policies.filter((policy) => policy.schema === table.schema && policy.table === table.name).flatMap((policy) => policy.roles)
  return [...new Set(['anon', 'authenticated', ...Object.keys(table.grants), ...named])].filter(
    (role) => role !== 'public' && role !== 'service_role',
  )
}

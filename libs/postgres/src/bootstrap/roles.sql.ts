// The SQL that makes roles, logins and rights. Every statement may run at every start.
import { quoteIdentifier, quoteLiteral } from '../identifiers.ts'
import { loginNames, requestRoles } from './login-urls.ts'

/** What the role that bootstraps may do; decides which statements are left out. */
export interface BootstrapRights {
  readonly role: string
  readonly superuser: boolean
  readonly mayBypassRls: boolean
  readonly mayReplicate: boolean
  readonly major: number
}

/** Creates a role when it is missing; no IF NOT EXISTS exists for roles. */
function ensureRole(name: string, attributes: string): string {
  return `do $$ begin if not exists (select from pg_catalog.pg_roles where rolname = ${quoteLiteral(name)}) then create role ${quoteIdentifier(name)} ${attributes}; end if; end $$`
}

/** Grants membership only when it is missing, so that a repeated start says nothing and needs no admin option. */
function ensureMember(group: string, member: string, options: string): string {
  return `do $$ begin if not exists (select from pg_catalog.pg_auth_members where roleid = ${quoteLiteral(group)}::regrole and member = ${quoteLiteral(member)}::regrole)
    then grant ${quoteIdentifier(group)} to ${quoteIdentifier(member)} ${options}; end if; end $$`
}

/** Cluster-wide statements: roles, memberships, passwords, limits. `verifiers` are SCRAM verifiers by login. */
export function roleStatements(rights: BootstrapRights, verifiers: Readonly<Record<string, string>>): string[] {
  const { owner, api, service, replication } = loginNames
  const mayBypass = rights.superuser || (rights.mayBypassRls && rights.major >= 16)
  const mayReplicate = rights.superuser || (rights.mayReplicate && rights.major >= 16)
  const ownerAttributes = `login ${ownerMayCreateRoles(rights.major) ? 'createrole' : 'nocreaterole'}`
  const statements = [
    ensureRole('anon', 'nologin'),
    ensureRole('authenticated', 'nologin'),
    ensureRole('service_role', mayBypass ? 'nologin bypassrls' : 'nologin'),
    ensureRole(api, 'login noinherit'),
    ensureRole(service, 'login noinherit'),
    ensureRole(owner, ownerAttributes),
    ensureRole(replication, mayReplicate ? 'login replication' : 'login'),
    ensureMember('anon', api, ''),
    ensureMember('authenticated', api, ''),
    ensureMember('service_role', service, ''),
  ]
  if (mayBypass) statements.push('alter role service_role bypassrls')
  if (mayReplicate) statements.push(`alter role ${quoteIdentifier(replication)} replication`)
  // The owner passes requests of the console on as these roles ("run as"), through the other logins; it needs no membership itself.
  for (const [login, verifier] of Object.entries(verifiers)) {
    statements.push(`alter role ${quoteIdentifier(login)} password ${quoteLiteral(verifier)}`)
  }
  const limits: Record<string, Record<string, string>> = {
    [api]: { statement_timeout: '30s', idle_in_transaction_session_timeout: '30s', lock_timeout: '10s' },
    [service]: { statement_timeout: '120s', idle_in_transaction_session_timeout: '60s', lock_timeout: '10s' },
    [owner]: { idle_in_transaction_session_timeout: '300s' },
  }
  for (const [login, settings] of Object.entries(limits)) {
    for (const [name, value] of Object.entries(settings)) {
      statements.push(`alter role ${quoteIdentifier(login)} set ${name} = ${quoteLiteral(value)}`)
    }
  }
  return statements
}

/**
 * Whether plinth_owner gets CREATEROLE, so that an owner can make roles and `grant editor to plinth_api`. Before
 * Postgres 16 that attribute could also take pg_execute_server_program, so there it stays with the administrator.
 */
export function ownerMayCreateRoles(major: number): boolean {
  return major >= 16
}

/** Statements for one database: who may connect, who owns `public` and the platform's schemas, default privileges. */
export function databaseStatements(rights: BootstrapRights, database: string): string[] {
  const owner = quoteIdentifier(loginNames.owner)
  const logins = Object.values(loginNames).map(quoteIdentifier).join(', ')
  const name = quoteIdentifier(database)
  return [
    // To hand objects to plinth_owner, a role that is not a superuser has to be a member of it.
    ...(rights.superuser ? [] : [becomeOwner(rights)]),
    ...(rights.superuser ? [`alter database ${name} owner to ${owner}`] : []),
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to ${logins}`,
    `grant create, temporary on database ${name} to ${owner}`,
    ownSchema('public'),
    `revoke all on schema public from public`,
    `grant usage on schema public to ${requestRoles.join(', ')}`,
    `create schema if not exists plinth authorization ${owner}`,
    // Closed by default: a new function may be called by its owner and service_role only.
    `alter default privileges for role ${owner} revoke execute on functions from public`,
    ...serviceRoleStatements('public'),
  ]
}

/** Gives service_role everything in a schema of the owner: what is there and what will be made. */
export function serviceRoleStatements(schema: string): string[] {
  const owner = quoteIdentifier(loginNames.owner)
  const name = quoteIdentifier(schema)
  return [
    `grant usage on schema ${name} to service_role`,
    ...['tables', 'sequences', 'functions'].map(
      (kind) => `alter default privileges for role ${owner} in schema ${name} grant all on ${kind} to service_role`,
    ),
  ]
}

function becomeOwner(rights: BootstrapRights): string {
  const { owner } = loginNames
  // Since Postgres 16 the maker of a role administers it, but may not act as it before it grants that to itself.
  const [privilege, options] = rights.major >= 16 ? ['SET', 'with inherit true, set true'] : ['USAGE', '']
  return `do $$ begin if not pg_catalog.pg_has_role(current_user, ${quoteLiteral(owner)}, '${privilege}')
    then grant ${quoteIdentifier(owner)} to ${quoteIdentifier(rights.role)} ${options}; end if; end $$`
}

function ownSchema(schema: string): string {
  const wanted = quoteLiteral(loginNames.owner)
  return `do $$ begin if (select nspowner from pg_catalog.pg_namespace where nspname = ${quoteLiteral(schema)}) <> ${wanted}::regrole
    then alter schema ${quoteIdentifier(schema)} owner to ${quoteIdentifier(loginNames.owner)}; end if; end $$`
}

/**
 * What only a superuser may make, in one database: the event triggers that put a message into the change feed at any
 * DDL, so that the catalog hears of it however it was made. The publication is not made here: `for all tables` would make
 * Postgres refuse updates of every table without a primary key; libs/changes adds a table when it is first followed.
 */
export const superuserStatements: readonly string[] = [
  `create or replace function plinth.note_ddl() returns event_trigger language plpgsql set search_path = '' as
   $$ begin perform pg_catalog.pg_logical_emit_message(true, 'plinth.ddl', ''); end $$`,
  `revoke all on function plinth.note_ddl() from public`,
  ...[
    ['plinth_ddl', 'ddl_command_end'],
    ['plinth_ddl_drop', 'sql_drop'],
  ].map(
    ([name, event]) =>
      `do $$ begin if not exists (select from pg_catalog.pg_event_trigger where evtname = '${name}')
        then create event trigger ${name} on ${event} execute function plinth.note_ddl(); end if; end $$`,
  ),
]

// Makes a database ready for the platform at every start: roles, logins with their passwords, ownership, rights.
import { createHmac } from 'node:crypto'
import pg from 'pg'
import { quoteIdentifier } from '../identifiers.ts'
import { postgresErrors } from '../postgres.errors.ts'
import { loginNames, withLogin, type DatabaseUrls } from './login-urls.ts'
import { databaseStatements, ownerMayCreateRoles, roleStatements, superuserStatements, type BootstrapRights } from './roles.sql.ts'
import { scramVerifier } from './scram.ts'

const OLDEST_MAJOR = 15
/** Advisory lock key of the bootstrap, so that two nodes that start together do not trip over each other. */
const LOCK_KEY = 72707370

/** Gives a secret by name; `make` is called when there is none yet. See DataDirectory.secret. */
export type SecretStore = (name: string, make: () => string) => Promise<string>

/** Input of {@link bootstrapDatabase}. */
export interface BootstrapInput {
  /** URL of the role that may do all this: the embedded superuser, or the role of PLINTH_DATABASE_DIRECT_URL. */
  readonly adminUrl: string
  /** Where the pools connect: the pooler's URL when there is one, else `adminUrl`. Direct logins always use `adminUrl`. */
  readonly poolUrl?: string
  /** Password of each login. */
  readonly passwords: Readonly<Record<string, string>>
}

/** What {@link bootstrapDatabase} found and made. */
export interface BootstrapResult {
  readonly urls: DatabaseUrls
  /** For example 18. */
  readonly serverMajor: number
  /** What this server or role does not allow, in words for the operator. Empty on the embedded server. */
  readonly limitations: readonly string[]
}

/** Passwords of the four logins for the embedded server: random, kept by `secret`. */
export async function randomLoginPasswords(secret: SecretStore, make: () => string): Promise<Record<string, string>> {
  const passwords: Record<string, string> = {}
  for (const login of Object.values(loginNames)) passwords[login] = await secret(`postgres_${login}`, make)
  return passwords
}

/**
 * Passwords of the four logins on an external server, derived from the given URL's password, so that every node with
 * that URL uses the same ones; undefined when the URL has none (then they are random and kept in the data folder).
 */
export function derivedLoginPasswords(adminUrl: string): Record<string, string> | undefined {
  const { password } = new URL(adminUrl)
  if (password === '') return undefined
  const key = decodeURIComponent(password)
  return Object.fromEntries(
    Object.values(loginNames).map((login) => [login, createHmac('sha256', key).update(`plinth login ${login}`).digest('base64url')]),
  )
}

/** Creates the embedded server's database when it is missing; answers whether it was made. */
export async function ensureDatabase(adminUrl: string, database: string): Promise<boolean> {
  return withClient(adminUrl, async (client) => {
    const found = await client.query('select from pg_catalog.pg_database where datname = $1', [database])
    if (found.rowCount === 1) return false
    await client.query(`create database ${quoteIdentifier(database)}`)
    return true
  })
}

/** Brings roles, logins and rights of one database to their wanted state, in one transaction. */
export async function bootstrapDatabase(input: BootstrapInput): Promise<BootstrapResult> {
  return withClient(input.adminUrl, async (client) => {
    const rights = await readRights(client)
    const database = (await client.query<{ name: string }>('select current_database() as name')).rows[0]!.name
    const verifiers = Object.fromEntries(Object.entries(input.passwords).map(([login, password]) => [login, scramVerifier(password)]))
    const statements = [
      'begin',
      `select pg_advisory_xact_lock(${LOCK_KEY})`,
      ...roleStatements(rights, verifiers),
      ...databaseStatements(rights, database),
      ...(rights.superuser ? superuserStatements : []),
      'commit',
    ]
    await runTogether(client, statements)
    const pool = input.poolUrl ?? input.adminUrl
    const url = (login: string, base: string) => withLogin(base, login, input.passwords[login]!)
    const mayReplicate = rights.superuser || rights.major >= 16
    return {
      serverMajor: rights.major,
      limitations: limitationsOf(rights),
      urls: {
        owner: url(loginNames.owner, input.adminUrl),
        api: url(loginNames.api, pool),
        service: url(loginNames.service, pool),
        replication: mayReplicate ? url(loginNames.replication, input.adminUrl) : input.adminUrl,
        ...(rights.superuser ? { superuser: input.adminUrl } : {}),
      },
    }
  })
}

async function readRights(client: pg.Client): Promise<BootstrapRights> {
  const { rows } = await client.query<{
    role: string
    superuser: boolean
    createrole: boolean
    createdb: boolean
    replication: boolean
    bypassrls: boolean
    version: number
    version_text: string
    may_create: boolean
  }>(
    `select rolname as role, rolsuper as superuser, rolcreaterole as createrole, rolcreatedb as createdb, rolreplication as replication,
       rolbypassrls as bypassrls, current_setting('server_version_num')::int as version, current_setting('server_version') as version_text,
       pg_has_role(current_user, (select datdba from pg_catalog.pg_database where datname = current_database()), 'usage') as may_create
     from pg_catalog.pg_roles where rolname = current_user`,
  )
  const found = rows[0]!
  const major = Math.floor(found.version / 10_000)
  if (major < OLDEST_MAJOR) throw postgresErrors.server_too_old({ params: { found: found.version_text, expected: OLDEST_MAJOR } })
  if (!found.superuser) {
    const missing = [
      ...(found.createrole ? [] : ['CREATEROLE']),
      ...(found.createdb ? [] : ['CREATEDB']),
      ...(found.replication ? [] : ['REPLICATION']),
    ]
    const remedies = missing.length > 0 ? [`ALTER ROLE ${quoteIdentifier(found.role)} ${missing.join(' ')};`] : []
    if (!found.may_create) {
      missing.push('ownership of the database')
      remedies.push(`ALTER DATABASE … OWNER TO ${quoteIdentifier(found.role)};`)
    }
    if (missing.length > 0) {
      throw postgresErrors.missing_rights({ params: { role: found.role, missing: missing.join(', '), remedy: remedies.join(' ') } })
    }
  }
  return {
    role: found.role,
    superuser: found.superuser,
    mayBypassRls: found.bypassrls,
    mayReplicate: found.replication,
    major,
  }
}

function limitationsOf(rights: BootstrapRights): string[] {
  if (rights.superuser) return ownerMayCreateRoles(rights.major) ? [] : [roleLimitation(rights)]
  return [
    'DDL made outside of Plinth is noticed by polling, because only a superuser may make an event trigger',
    ...(rights.mayBypassRls && rights.major >= 16
      ? []
      : ['service_role cannot bypass row-level security here; a superuser can allow it with: ALTER ROLE service_role BYPASSRLS']),
    ...(rights.major >= 16
      ? []
      : ['the change feed reads with the given role, because before Postgres 16 only a superuser may make a replication login']),
    ...(ownerMayCreateRoles(rights.major) ? [] : [roleLimitation(rights)]),
  ]
}

function roleLimitation(rights: BootstrapRights): string {
  return `on Postgres ${rights.major} the console cannot create roles; make them as an administrator and: GRANT "the role" TO ${loginNames.api}`
}

/** All statements in one message: one round trip instead of forty. */
async function runTogether(client: pg.Client, statements: readonly string[]): Promise<void> {
  try {
    await client.query(statements.join(';\n'))
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** Connects, works, disconnects. A server that cannot be reached or refuses the login is `postgres/connect_failed` with the reason. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'plinth-start' })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (cause) {
    throw postgresErrors.connect_failed({ params: { reason: reasonOf(cause) }, cause })
  }
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Why a connection failed, in words. Node's error for a name with several addresses has an empty message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0])
  return cause instanceof Error && cause.message !== '' ? cause.message : String(cause)
}

// Settings that hold for a request's whole transaction because its role (`alter role … set`) or the function that it
// calls (`create function … set`) says so.
import type { Catalog } from '../model.ts'

/** Settings of a transaction: name and value. */
export type SessionSettings = readonly (readonly [name: string, value: string])[]

/** Isolation levels that are not Postgres' default. */
export type Isolation = 'repeatable read' | 'serializable'

/** Settings and isolation level of a transaction. */
export interface Session {
  readonly settings: SessionSettings
  readonly isolation: Isolation | undefined
}

/** Of a function only these hold for the transaction; the others are Postgres' business while the function runs. */
const hoistedNames: ReadonlySet<string> = new Set(['statement_timeout', 'plan_filter.statement_cost_limit'])
const ISOLATION = 'default_transaction_isolation'
const none: Session = { settings: [], isolation: undefined }

/** What a function's settings mean for the transaction that calls it. */
export function sessionOfFunction(settings: ReadonlyMap<string, string> | undefined): Session {
  if (settings === undefined || settings.size === 0) return none
  return { settings: [...settings].filter(([name]) => hoistedNames.has(name)), isolation: isolationOf(settings.get(ISOLATION)) }
}

/** What each role of a catalog brings along; roles without settings are not in it. */
export function sessionsOfRoles(catalog: Catalog): ReadonlyMap<string, Session> {
  const sessions = new Map<string, Session>()
  for (const [role, settings] of catalog.roleSettings) {
    sessions.set(role, {
      settings: [...settings].filter(([name]) => name !== ISOLATION),
      isolation: isolationOf(settings.get(ISOLATION)),
    })
  }
  return sessions
}

/** Postgres treats `read uncommitted` as `read committed`, its default. */
function isolationOf(level: string | undefined): Isolation | undefined {
  const name = level?.toLowerCase()
  return name === 'repeatable read' || name === 'serializable' ? name : undefined
}

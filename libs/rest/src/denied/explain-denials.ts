// `Prefer: explain-denied`: why the user of a request sees fewer rows than there are, or may not write one. The request
// runs as the user and is undone; then its rows are looked at with the owner's rights and the user's claims.
import type { Relation, SessionSettings } from '#libs/catalog'
import { DatabaseError, type RequestContext, type RequestDatabase } from '#libs/postgres'
import { SERVICE_ROLE, type Principal } from '#libs/identity'
import {
  compileMatchCount,
  compileMatchPlaces,
  compileNewRows,
  isSliceable,
  type MutationNode,
  type Plan,
  type ReadNode,
} from '#libs/query'
import { bodyText } from '../parse/body.ts'
import { columnsOf } from '../serve/plan-insert.ts'
import { requireRows, type RestRequest } from '../serve/rest-request.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { findRelation } from '../resolve/names.ts'
import { bodyNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { adviceOf } from './advice.ts'
import type { Command, DeniedReport, PolicyCheck } from './denied-report.ts'
import { RIGHTS } from './denied.sql.ts'
import { columnsRead, missingGrants, type HeldRights, type NeededRights } from './needed-rights.ts'
import { tryPolicies, undone, type Policy, type Rows } from './policy-trials.ts'

/** How many rows are looked at. */
const ROWS_MAX = 1_000

/** A request to explain. */
export interface ExplainedRequest {
  readonly context: ResolveContext
  readonly request: RestRequest
  /** Of the request's plan: its search path. */
  readonly settings: SessionSettings | undefined
  /** The user. */
  readonly principal: Principal
  readonly answer: DeniedReport['answer']
}

interface Rights extends HeldRights {
  readonly bypasses: boolean
  readonly owns: boolean
  readonly enabled: boolean
  readonly forced: boolean
  readonly policies: readonly Policy[]
}

const commands: Readonly<Partial<Record<RestRequest['method'], Command>>> = {
  GET: 'SELECT',
  HEAD: 'SELECT',
  POST: 'INSERT',
  PATCH: 'UPDATE',
  DELETE: 'DELETE',
}

/** What of a request can be explained; else it is refused before anything runs. */
export function explainedRelation(context: ResolveContext, request: RestRequest): Relation {
  const { method, target } = request
  if (target.kind === 'call') throw restError('unexplainable', { reason: 'a function decides itself what it does' })
  if (commands[method] === undefined) throw restError('unexplainable', { reason: `${method} is not looked at` })
  return findRelation(context.catalog, context.schema, target.name)
}

/** Makes the report. */
export async function explainDenials(database: RequestDatabase, explained: ExplainedRequest): Promise<DeniedReport> {
  const { context, request, principal, answer } = explained
  const relation = explainedRelation(context, request)
  const command = commands[request.method]!
  const read = resolveRead(context, relation, parseQuery(parametersOf(request.query, false)), false)
  const shown = command === 'SELECT' || request.preferences.return === 'representation'
  const asOwner: RequestContext = {
    role: SERVICE_ROLE,
    claimsJson: principal.claimsJson,
    readOnly: true,
    settings: explained.settings,
  }
  const [found] = await undone(database, asOwner, { text: RIGHTS, values: [String(relation.oid), principal.role] })
  if (found?.[0] == null) throw restError('unexplainable', { reason: `'${relation.name}' or the role is gone` })
  const rights = JSON.parse(found[0]) as Rights
  const needed = neededRights(command, relation, request, read, shown)
  const rowSecurity = rowSecurityOf(relation, rights, principal.role)
  const matching = command === 'INSERT' ? undefined : await countMatching(database, asOwner, principal, read)
  const checks = rowSecurity.applies ? await tryAll(database, asOwner, relation, rights.policies, { command, request, read, needed }) : []
  const report = {
    relation: `${relation.schema}.${relation.name}`,
    command,
    role: principal.role,
    claims: principal.claims,
    answer,
    rowSecurity,
    matching,
    missingGrants: missingGrants(relation, principal.role, needed, rights),
    checks,
  }
  return { ...report, advice: adviceOf(report) }
}

function neededRights(command: Command, relation: Relation, request: RestRequest, read: ReadNode, shown: boolean): NeededRights {
  const written =
    command === 'INSERT' || command === 'UPDATE' ? new Set(writtenColumns(relation, request).map(({ name }) => name)) : new Set<string>()
  // Filters of an insert concern nothing.
  const looked = command === 'INSERT' ? columnsRead({ ...read, filter: undefined, order: [] }, shown) : columnsRead(read, shown)
  return {
    select: looked,
    insert: command === 'INSERT' ? written : new Set(),
    update: command === 'UPDATE' ? written : new Set(),
    delete: command === 'DELETE',
  }
}

function writtenColumns(relation: Relation, request: RestRequest) {
  return columnsOf(relation, parseQuery(parametersOf(request.query, false)), requireRows(request))
}

function rowSecurityOf(relation: Relation, rights: Rights, role: string): DeniedReport['rowSecurity'] {
  if (relation.kind === 'view') {
    return {
      applies: false,
      because: relation.securityInvoker
        ? 'The view runs with the caller’s rights: ask about the tables that it reads.'
        : 'The view runs with its owner’s rights: policies of the tables that it reads hold for the owner, not for the caller.',
    }
  }
  if (relation.kind === 'materialized_view' || relation.kind === 'foreign_table') {
    return { applies: false, because: 'Such a relation has no row-level security: grants alone decide.' }
  }
  if (!rights.enabled) return { applies: false, because: 'Row-level security is off: grants alone decide.' }
  if (rights.bypasses) return { applies: false, because: `The role ${role} bypasses row-level security.` }
  if (rights.owns && !rights.forced)
    return { applies: false, because: `The role ${role} owns the table, and row-level security is not forced.` }
  return { applies: true, because: 'Row-level security is on, and the role is subject to it.' }
}

async function countMatching(database: RequestDatabase, asOwner: RequestContext, user: Principal, read: ReadNode) {
  const plan = compileMatchCount(read, ROWS_MAX)
  const count = async (context: RequestContext): Promise<number | null> => {
    try {
      const [row] = await undone(database, context, { text: plan.text, values: plan.parameters.map(({ value }) => value) })
      return Number(row?.[0])
    } catch (error) {
      if (error instanceof DatabaseError) return null
      throw error
    }
  }
  const rows = await count(asOwner)
  const visible = await count({ ...asOwner, role: user.role, claimsJson: user.claimsJson })
  return { rows, visible, limit: ROWS_MAX }
}

interface Trial {
  readonly command: Command
  readonly request: RestRequest
  readonly read: ReadNode
  readonly needed: NeededRights
}

/** The policies that Postgres asks for this command, in its order: which rows may be found, then what may be left behind. */
async function tryAll(
  database: RequestDatabase,
  context: RequestContext,
  relation: Relation,
  policies: readonly Policy[],
  { command, request, read, needed }: Trial,
): Promise<PolicyCheck[]> {
  // A command that looks at columns may only touch rows that could be read, and only leave such behind.
  const looks = command === 'SELECT' || needed.select.size > 0
  const checks: PolicyCheck[] = []
  const attempt = async (of: Command, withCheck: boolean, rows: Rows) => {
    checks.push(await tryPolicies(database, context, relation, policies, { command: of, withCheck, rows }))
  }
  if (command !== 'INSERT') {
    const places = rowsOf('existing', compileMatchPlaces(read, ROWS_MAX))
    if (looks) await attempt('SELECT', false, places)
    if (command !== 'SELECT') await attempt(command, false, places)
  }
  if (command === 'INSERT' || command === 'UPDATE') {
    const rows = newRows(relation, request, read, command)
    await attempt(command, true, rows)
    if (looks) await attempt('SELECT', false, rows)
  }
  return checks
}

function newRows(relation: Relation, request: RestRequest, read: ReadNode, command: 'INSERT' | 'UPDATE'): Rows {
  const body = requireRows(request)
  const columns = writtenColumns(relation, request)
  const missingAsDefault = request.preferences.missing === 'default'
  const node: MutationNode =
    command === 'INSERT'
      ? { kind: 'insert', relation, columns, rows: bodyNode(bodyText(body, 'rows')), missingAsDefault, returning: null }
      : {
          kind: 'update',
          relation,
          set: [],
          setFrom: { columns, object: bodyNode(bodyText(body, 'object')), missingAsDefault },
          filter: read.filter,
          slice: isSliceable(relation) ? { order: [], limit: ROWS_MAX } : undefined,
          returning: null,
        }
  return rowsOf('new', compileNewRows(node))
}

function rowsOf(kind: Rows['kind'], { text, parameters }: Plan): Rows {
  return { kind, text, values: parameters.map(({ value }) => value) }
}

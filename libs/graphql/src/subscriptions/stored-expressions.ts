// What stored expressions (policies, views) read: which claims, and whether anything that no change feed tells of.
// Everything is denied by default: a node, function or setting that is not known here means all claims, and polling.

/** A stored expression: Postgres' own tree of it, and the same as SQL with names written in full. */
export interface StoredExpression {
  readonly relation: number
  readonly tree: string
  readonly source: string
}

/** A function that occurs in the trees. */
export interface CalledFunction {
  readonly oid: number
  readonly schema: string
  readonly name: string
  /** `i`, `s` or `v`. */
  readonly volatility: string
  /** Its body, of functions in schema auth only. */
  readonly source: string | null
  readonly ofExtension: boolean
}

/** What the expressions read besides tables. */
export interface ExpressionReads {
  /** Names of claims, or all. */
  readonly claims: ReadonlySet<string> | 'all'
  /** Why changes of the tables are not all there is to wait for; undefined when they are. */
  readonly polled: string | undefined
  /** OIDs of the relations in the trees. */
  readonly relations: ReadonlySet<number>
}

const claimsSetting = "nullif(current_setting('request.jwt.claims', true), '')::jsonb"
/** The platform's own functions by their bodies, so that a replaced one is not taken for them. */
const claimFunctions: Readonly<Record<string, { readonly body: string; readonly claim: string }>> = {
  uid: { body: `SELECT nullif(${claimsSetting} ->> 'sub', '')::uuid`, claim: 'sub' },
  role: { body: `SELECT ${claimsSetting} ->> 'role'`, claim: 'role' },
  email: { body: `SELECT ${claimsSetting} ->> 'email'`, claim: 'email' },
}
const allClaimsBody = `SELECT ${claimsSetting}`

/** Functions of pg_catalog that are not immutable only because of time zones, formats or the collation, all of which are fixed for a role. */
const steady = new Set(
  (
    'array_to_string concat concat_ws format to_char to_date to_timestamp to_number date_trunc date_part extract timezone date timestamp timestamptz timetz time ' +
    'to_json to_jsonb json_build_object json_build_array jsonb_build_object jsonb_build_array row_to_json array_to_json json_agg jsonb_agg json_object_agg ' +
    'jsonb_object_agg array_agg string_agg count sum min max avg bool_and bool_or every to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ' +
    'quote_literal quote_nullable textanycat anytextcat array_in array_out record_eq record_ne generate_series timestamptz_pl_interval timestamptz_mi_interval ' +
    'date_eq_timestamptz date_ne_timestamptz date_lt_timestamptz date_le_timestamptz date_gt_timestamptz date_ge_timestamptz ' +
    'timestamptz_eq_date timestamptz_ne_date timestamptz_lt_date timestamptz_le_date timestamptz_gt_date timestamptz_ge_date ' +
    'timestamp_eq_timestamptz timestamp_ne_timestamptz timestamp_lt_timestamptz timestamp_le_timestamptz timestamp_gt_timestamptz timestamp_ge_timestamptz ' +
    'timestamptz_eq_timestamp timestamptz_ne_timestamp timestamptz_lt_timestamp timestamptz_le_timestamp timestamptz_gt_timestamp timestamptz_ge_timestamp'
  ).split(' '),
)

const clocks = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp', 'timeofday', 'age'])
const clockWords = 'a policy or view looks at the clock'

const knownNodes = new Set(
  (
    'VAR CONST OPEXPR BOOLEXPR FUNCEXPR NULLTEST BOOLEANTEST SCALARARRAYOPEXPR SUBLINK QUERY RANGETBLENTRY RTE RTEPERMISSIONINFO RANGETBLREF FROMEXPR JOINEXPR ' +
    'TARGETENTRY ALIAS COALESCE COALESCEEXPR CASE CASEEXPR WHEN CASEWHEN CASETESTEXPR ARRAY ARRAYEXPR ARRAYCOERCEEXPR COERCEVIAIO RELABELTYPE DISTINCTEXPR NULLIFEXPR ' +
    'MINMAX MINMAXEXPR AGGREF SORTGROUPCLAUSE FIELDSELECT ROW ROWEXPR PARAM SQLVALUEFUNCTION SUBSCRIPTINGREF COLLATE COLLATEEXPR COMMONTABLEEXPR ' +
    'SETOPERATIONSTMT RANGETBLFUNCTION NAMEDARGEXPR CONVERTROWTYPEEXPR WINDOWFUNC WINDOWCLAUSE GROUPINGSET'
  ).split(' '),
)
/** SQLVALUEFUNCTION below this are the clock. */
const FIRST_STEADY_VALUE_FUNCTION = 9

/** Reads the expressions. */
export function readsOfExpressions(expressions: readonly StoredExpression[], functions: readonly CalledFunction[]): ExpressionReads {
  const claims = new Set<string>()
  const relations = new Set<number>()
  let allClaims = false
  let polled: string | undefined
  const byOid = new Map(functions.map((called) => [called.oid, called]))
  for (const { tree, source } of expressions) {
    for (const [, oid] of tree.matchAll(/:relid (\d+)/g)) if (oid !== '0') relations.add(Number(oid))
    for (const [, node] of tree.matchAll(/\{([A-Z_]+)/g)) {
      if (knownNodes.has(node!)) continue
      allClaims = true
      polled ??= `an expression has a part (${node}) that is not known`
    }
    for (const [, op] of tree.matchAll(/\{SQLVALUEFUNCTION :op (\d+)/g)) if (Number(op) < FIRST_STEADY_VALUE_FUNCTION) polled ??= clockWords
    for (const [, oid] of tree.matchAll(/:(?:funcid|opfuncid|aggfnoid|winfnoid|tsmhandler|eqfuncid|hashfuncid) (\d+)/g)) {
      if (oid === '0') continue
      const found = classOf(byOid.get(Number(oid)))
      if (found.kind === 'claim') claims.add(found.claim)
      else if (found.kind === 'jwt') continue
      else if (found.kind === 'clock') polled ??= clockWords
      else if (found.kind === 'unknown') {
        allClaims = true
        polled ??= `a policy or view calls ${found.name}, into which cannot be seen`
      }
    }
    const literals = literalClaims(source, countOf(tree, functions))
    if (literals === undefined) allClaims = true
    else for (const claim of literals) claims.add(claim)
  }
  return { claims: allClaims ? 'all' : claims, polled, relations }
}

type FunctionClass =
  | { readonly kind: 'steady' | 'clock' | 'jwt' }
  | { readonly kind: 'claim'; readonly claim: string }
  | { readonly kind: 'unknown'; readonly name: string }

function classOf(called: CalledFunction | undefined): FunctionClass {
  if (called === undefined) return { kind: 'unknown', name: 'a function that is gone' }
  const { schema, name, volatility, source } = called
  if (schema === 'pg_catalog' && clocks.has(name)) return { kind: 'clock' }
  if (schema === 'pg_catalog') return volatility === 'i' || steady.has(name) ? { kind: 'steady' } : { kind: 'unknown', name }
  if (schema === 'auth' && source !== null) {
    const known = claimFunctions[name]
    if (known !== undefined && source.trim() === known.body) return { kind: 'claim', claim: known.claim }
    if (name === 'jwt' && source.trim() === allClaimsBody) return { kind: 'jwt' }
  }
  return called.ofExtension && volatility === 'i' ? { kind: 'steady' } : { kind: 'unknown', name: `${schema}.${name}` }
}

/** How often `auth.jwt()` is called in a tree. */
function countOf(tree: string, functions: readonly CalledFunction[]): number {
  const jwt = functions.find((called) => classOf(called).kind === 'jwt')
  return jwt === undefined ? 0 : [...tree.matchAll(/:funcid (\d+)/g)].filter(([, oid]) => Number(oid) === jwt.oid).length
}

/** The claims in `auth.jwt() ->> 'name'` and `auth.jwt() -> 'name'`; undefined when auth.jwt() is used in any other way. */
function literalClaims(source: string, calls: number): string[] | undefined {
  if (calls === 0) return []
  const literal = [...source.matchAll(/\(auth\.jwt\(\) ->>? '((?:[^']|'')*)'::text\)/g)].map(([, name]) => name!.replaceAll("''", "'"))
  const mentioned = source.split('auth.jwt()').length - 1
  return literal.length === calls && mentioned === calls ? literal : undefined
}

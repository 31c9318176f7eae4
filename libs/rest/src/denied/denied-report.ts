// The report: what the owner reads. Everything in it was asked of Postgres; `advice` says in words what follows from it.

/** A command of a policy or a grant. */
export type Command = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'

/** Body of `application/vnd.plinth.denied+json`. */
export interface DeniedReport {
  readonly relation: string
  readonly command: Command
  readonly role: string
  readonly claims: Readonly<Record<string, unknown>>
  /** What the user would have got; whatever it changed was undone. */
  readonly answer: { readonly rows: number } | { readonly status: number; readonly error: unknown }
  readonly rowSecurity: { readonly applies: boolean; readonly because: string }
  /** Rows that match the request's filters: all, and those that the user sees. Counted up to `limit`. */
  readonly matching?: { readonly rows: number | null; readonly visible: number | null; readonly limit: number }
  readonly missingGrants: readonly MissingGrant[]
  readonly checks: readonly PolicyCheck[]
  readonly advice: readonly string[]
}

/** A right that the request needs and the role has not. */
export interface MissingGrant {
  readonly privilege: Command | 'USAGE'
  /** Columns; absent for a whole table or schema. */
  readonly columns?: readonly string[]
  /** The statement that would give it. */
  readonly grant: string
}

/** All policies for a command, tried on rows. */
export interface PolicyCheck {
  readonly command: Command
  /** `existing`: which rows the command may find (USING). `new`: which it may leave behind (WITH CHECK). */
  readonly rows: 'existing' | 'new'
  readonly examined: number | null
  /** Rows that some permissive policy and every restrictive one lets through. */
  readonly passed: number | null
  readonly policies: readonly PolicyResult[]
  /** Policies for this command that are for other roles. */
  readonly forOtherRoles: readonly string[]
  /** Why the policies could not be tried. */
  readonly error?: string
}

/** One policy. */
export interface PolicyResult {
  readonly name: string
  readonly permissive: boolean
  readonly roles: readonly string[]
  readonly expression: string
  readonly passed: number | null
  /**
   * False when the expression looks at other tables or at who runs it: it was tried with the owner's rights, and may
   * find less under the user's.
   */
  readonly exact: boolean
  readonly error?: string
}

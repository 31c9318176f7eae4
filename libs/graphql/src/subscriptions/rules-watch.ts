// Policies, views, functions and memberships of roles can change without any event that reaches us. Looked at once a
// second while somebody subscribes.
import { rulesSql } from './statement-facts.sql.ts'

/** Queries as plinth_owner; PlatformDatabase is one. */
interface RulesDatabase {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** Remembers what the rules were. */
export class RulesWatch {
  private known: string | undefined

  constructor(private readonly database: RulesDatabase) {}

  /** Whether they are others than at the last look. False at the first one. */
  async haveChanged(): Promise<boolean> {
    const [row] = await this.database.query<{ rules: string }>(rulesSql)
    const changed = this.known !== undefined && this.known !== row!.rules
    this.known = row!.rules
    return changed
  }
}

// For those who read again when a table has changed, instead of being told its rows: brings tables into the log.
import { publishTable, type Publishing } from '../subscriptions/publish-table.ts'
import { TableFactsReader, type FactsDatabase, type TableFacts } from '../visibility/table-facts.ts'
import type { ChangeFeed } from '../feed/change-feed.ts'

/** Schemas whose tables are never brought into the log by somebody who reads. */
const CLOSED_SCHEMAS: ReadonlySet<string> = new Set(['plinth', 'pg_catalog', 'information_schema'])

/** Brings tables into the log, so that {@link ChangeFeed} tells of their changes. */
export class TableFollower {
  private readonly reader: TableFactsReader
  private readonly detach: () => void

  constructor(
    feed: ChangeFeed,
    private readonly owner: FactsDatabase,
  ) {
    this.reader = new TableFactsReader(owner)
    this.detach = feed.onDdl(() => this.reader.forget())
  }

  /** Whether tables of that schema may be followed at all. */
  mayFollow(schema: string): boolean {
    return !CLOSED_SCHEMAS.has(schema) && !schema.startsWith('pg_')
  }

  /** What decides which rows of the table a role sees; undefined when there is no such table or role. At most one second old. */
  facts(schema: string, table: string, role: string): Promise<TableFacts | undefined> {
    return this.reader.read(schema, table, role)
  }

  /**
   * Brings the table into the log, with whole old rows where `wantsOldRows` and Postgres allows it. Throws
   * `changes/not_published` when it cannot be followed, and `changes/unavailable` when it is busy now.
   */
  async follow(facts: TableFacts, wantsOldRows: boolean): Promise<Publishing> {
    const publishing = await publishTable(this.owner, facts, wantsOldRows)
    if (publishing.altered) this.reader.forget()
    return publishing
  }

  /** Lets go of the feed. */
  close(): void {
    this.detach()
  }
}

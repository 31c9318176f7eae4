// The names that `Prefer: timezone=` may have: those of the database, read once when somebody first asks.
import type { PlatformDatabase } from '#libs/postgres'
import { TIMEZONES } from './session.sql.ts'

/** Names of time zones. */
export class Timezones {
  private names: ReadonlySet<string> | undefined
  private loading: Promise<void> | undefined

  constructor(private readonly database: PlatformDatabase) {}

  /** False as long as the names were not read. */
  has(name: string): boolean {
    return this.names?.has(name.toLowerCase()) ?? false
  }

  /** Reads the names when a Prefer header needs them. */
  async ready(prefer: string | undefined): Promise<void> {
    if (this.names !== undefined || prefer?.includes('timezone=') !== true) return
    this.loading ??= this.load().finally(() => (this.loading = undefined))
    await this.loading
  }

  private async load(): Promise<void> {
    const rows = await this.database.query<{ name: string }>(TIMEZONES)
    this.names = new Set(rows.map(({ name }) => name))
  }
}

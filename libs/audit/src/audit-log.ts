// The one writer and reader of plinth.audit_log. The table refuses UPDATE, DELETE and TRUNCATE by trigger, so what is
// written here stays, also against the platform's own login.
import { Inject, Injectable } from '@nestjs/common'
import { uuidv7 } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'

/** One thing that somebody did. `detail` is readable by every owner: no secrets, no rows of users. */
export interface AuditRecord {
  /** Who: `owner:<e-mail>`, `key:service_role`, `system`. */
  readonly actor: string
  /** What, as `noun.verb`, for example `table.create`. */
  readonly action: string
  /** To what, for example `public.orders`. */
  readonly target?: string | null
  readonly detail?: Readonly<Record<string, unknown>>
  readonly requestId?: string | null
}

/** A record as it is kept: ids are UUIDv7 and sort by time. */
export interface AuditEntry {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly target: string | null
  readonly detail: Record<string, unknown>
  readonly requestId: string | null
}

/** Anything that runs SQL as the platform: the database itself, or a transaction of it. */
interface Queryable {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** Longest `detail` that is kept, as JSON text; a larger one is replaced by its size. */
const detailCharsMax = 16_384

/** The append-only audit log. */
@Injectable()
export class AuditLog {
  constructor(@Inject(PlatformDatabase) private readonly database: PlatformDatabase) {}

  /**
   * Appends one record. Give the transaction of the change as `within`, so that both are kept or none.
   * A failure to write is thrown: a change that cannot be audited has to fail.
   */
  async append(record: AuditRecord, within: Queryable = this.database): Promise<void> {
    const detail = JSON.stringify(record.detail ?? {})
    await within.query(
      `insert into plinth.audit_log (id, actor, action, target, detail, request_id) values ($1, $2, $3, $4, $5::jsonb, $6)`,
      [
        uuidv7(),
        record.actor,
        record.action,
        record.target ?? null,
        detail.length > detailCharsMax ? JSON.stringify({ omitted: `${detail.length} characters` }) : detail,
        record.requestId ?? null,
      ],
    )
  }

  /** The newest entries first; `before` is the id of the last entry of the page before. */
  async list(options: { readonly limit: number; readonly before?: string }): Promise<AuditEntry[]> {
    const rows = await this.database.query<{
      id: string
      at: Date | string
      actor: string
      action: string
      target: string | null
      detail: Record<string, unknown>
      request_id: string | null
    }>(
      `select id, at, actor, action, target, detail, request_id from plinth.audit_log
        where $2::uuid is null or id < $2::uuid order by id desc limit $1`,
      [options.limit, options.before ?? null],
    )
    return rows.map(({ at, request_id, ...rest }) => ({ ...rest, at: new Date(at).toISOString(), requestId: request_id }))
  }
}

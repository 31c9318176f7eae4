// What must not change while garbage comes in, and what must not happen to the process.
import { createHash } from 'node:crypto'
import type { TestDatabase } from '#test/postgres'

/** A fingerprint of everything that DDL or GRANT would change. */
export async function catalogHash(db: TestDatabase): Promise<string> {
  const [row] = await db.superuserSql<{ hash: string }>(`select md5(concat_ws(chr(10),
    (select string_agg(c::text, chr(10) order by c.oid) from (select oid, relname, relnamespace, relkind, relowner, relacl, relrowsecurity from pg_class where relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_(toast|temp)')) c),
    (select string_agg(a::text, chr(10) order by a.attrelid, a.attnum) from (select attrelid, attname, atttypid, attnum, attacl, attisdropped from pg_attribute where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)) a),
    (select string_agg(p::text, chr(10) order by p.oid) from (select oid, proname, prosrc, proacl, proowner from pg_proc) p),
    (select string_agg(p::text, chr(10) order by p.oid) from (select oid, polname, polrelid, polcmd, polqual::text from pg_policy) p),
    (select string_agg(n::text, chr(10) order by n.oid) from (select oid, nspname, nspacl from pg_namespace where nspname !~ '^pg_(toast_)?temp') n),
    (select string_agg(r::text, chr(10) order by r.oid) from (select oid, rolname, rolsuper, rolbypassrls from pg_roles where rolname !~ '^pg_') r),
    (select string_agg(s::text, chr(10) order by s.setdatabase, s.setrole) from (select * from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())) s),
    (select string_agg(c::text, chr(10) order by c.oid) from (select oid, conname, contype, conrelid from pg_constraint) c))) as hash`)
  return row!.hash
}

/** A fingerprint of all rows of the tables in `public`. */
export async function rowsHash(db: TestDatabase): Promise<string> {
  const tables = await db.superuserSql<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  )
  const hash = createHash('md5')
  const parts = tables.map(({ name }) => `(select coalesce(string_agg(t::text, chr(10) order by t::text), '') from ${name} t)`)
  const [row] = await db.superuserSql<{ all: string }>(
    `select concat_ws(chr(0) || '', ${parts.join(', ')}) as "all"`.replace("chr(0) || ''", 'chr(1)'),
  )
  return hash.update(row!.all).digest('hex')
}

/** Notices when this process keeps its event loop busy for longer than `limitMs`: waiting for a busy machine does not count. */
export class LoopWatch {
  readonly blocks: string[] = []
  private readonly timer: NodeJS.Timeout
  private lastMs = performance.now()
  private lastCpu = process.cpuUsage()

  constructor(private readonly limitMs: number) {
    this.timer = setInterval(() => this.look(), 50)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const nowMs = performance.now()
    const cpu = process.cpuUsage(this.lastCpu)
    const busyMs = (cpu.user + cpu.system) / 1_000
    if (nowMs - this.lastMs > this.limitMs && busyMs > this.limitMs) this.blocks.push(`${Math.round(nowMs - this.lastMs)} ms`)
    this.lastMs = nowMs
    this.lastCpu = process.cpuUsage()
  }
}

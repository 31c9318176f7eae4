// The limit of the database: the reference's SQL without any server, through pgbench with prepared statements.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { statements } from './reference/statements.mjs'

function page(statement: string): string[] {
  const settings = ['\\set i random(0, 199)', '\\set category mod(:i, 50)', '\\set below 300 + mod(:i * 37, 700)']
  return [...settings, statement.replace('$1', ':category').replace('$2', ':below')]
}

/** The same rows as the servers are asked for, so that the same pages are in memory. */
const scripts: Readonly<Record<string, readonly string[]>> = {
  'one row by key': ['\\set i random(0, 499)', '\\set id 1 + mod(:i * 7919, 100000)', statements.byKey.replace('$1', ':id')],
  'filtered list of 20': page(statements.list),
  'nested list': page(statements.nested),
  'filtered count': page(statements.count),
}

/** Role and claims for the whole connection: policies apply, and nothing is set per statement. */
const impersonation = `-c role=authenticated -c request.jwt.claims=${JSON.stringify({ role: 'authenticated', sub: '42' })}`

/** Statements per second by case with ten connections, or one sentence why there are none. */
export async function measureLimit(databaseUrl: string, seconds: number): Promise<Record<string, number> | string> {
  const found = await promisify(execFile)('pgbench', ['--version']).then(
    () => true,
    () => false,
  )
  if (!found) return 'pgbench is not installed here (Debian: postgresql-contrib), so the limit of the database was left out.'
  const folder = mkdtempSync(join(tmpdir(), 'plinth-bench-'))
  try {
    const limit: Record<string, number> = {}
    for (const [name, lines] of Object.entries(scripts)) {
      const file = join(folder, 'script.sql')
      const [statement, ...settings] = [lines.at(-1)!, ...lines.slice(0, -1)]
      writeFileSync(file, [...settings, `${statement.replaceAll('\n', ' ')};`, ''].join('\n'))
      const options = ['-n', '-M', 'prepared', '-c', '10', '-j', '2', '-T', String(seconds), '-f', file, databaseUrl]
      const { stdout } = await promisify(execFile)('pgbench', options, { env: { ...process.env, PGOPTIONS: impersonation } })
      limit[name] = Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
    }
    return limit
  } finally {
    rmSync(folder, { recursive: true })
  }
}

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DataDirectory } from '#libs/kernel'
import { startAdminApp, type AdminApp } from '../../../libs/console/test/admin-app.ts'
import { runProgram } from '../src/program.ts'

let app: AdminApp
let folder: string
let dataDir: string

beforeAll(async () => {
  app = await startAdminApp()
  folder = await mkdtemp(join(tmpdir(), 'plinth-cli-'))
  dataDir = join(folder, 'data')
  const data = await DataDirectory.open(dataDir)
  await data.setSecret('secret_key', app.keys.secret)
  await announce(app.url)
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function announce(url: string): Promise<void> {
  const data = (await DataDirectory.openExisting(dataDir))!
  await data.writePrivate('runtime.json', JSON.stringify({ url, pid: process.pid, version: '1.2.3', startedAt: new Date().toISOString() }))
}

interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function plinth(
  args: readonly string[],
  options: { stdin?: string; environment?: Record<string, string>; cwd?: string } = {},
): Promise<Run> {
  const out: string[] = []
  const err: string[] = []
  const sink = (into: string[]) => ({ write: (text: string | Uint8Array) => into.push(String(text)) > 0 })
  const code = await runProgram(args, {
    environment: { PLINTH_DATA_DIR: dataDir, ...options.environment },
    folder: options.cwd ?? folder,
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]), {
      isTTY: options.stdin === undefined,
    }),
    stdout: sink(out),
    stderr: sink(err),
  })
  return { code, out: out.join(''), err: err.join('') }
}

describe('plinth sql', () => {
  it('prints a table, and nothing but the answer on stdout', async () => {
    const { code, out, err } = await plinth([
      'sql',
      '-c',
      `do $$ begin raise notice 'by the way'; end $$; select 1 as n, 'a' as text, null as nothing union all select 10, '猫', null order by 1`,
    ])
    expect(out).toBe(' n  | text | nothing\n----+------+---------\n  1 | a    |\n 10 | 猫   |\n(2 rows)\n')
    expect([code, err]).toEqual([0, 'NOTICE: by the way\n'])
  })

  it('reads from -c, a file or the standard input, and prints JSON on request', async () => {
    await writeFile(join(folder, 'script.sql'), '\ufeffselect 2 as two')
    for (const [args, stdin] of [
      [['-c', 'select 2 as two'], undefined],
      [['-f', 'script.sql'], undefined],
      [['-f', '-'], 'select 2 as two'],
      [[], 'select 2 as two'],
    ] as const) {
      const { out } = await plinth(['sql', '--json', ...args], stdin === undefined ? {} : { stdin })
      expect(JSON.parse(out)).toMatchObject({ columns: [{ name: 'two', type: 'integer' }], rows: [[2]], rowCount: 1 })
    }
  })

  it('shows what a command did when it has no rows', async () => {
    expect((await plinth(['sql', '-c', 'create table tagged (id int)'])).out).toBe('CREATE TABLE\n')
    expect((await plinth(['sql', '-c', 'insert into tagged values (1), (2)'])).out).toBe('INSERT 2\n')
    expect((await plinth(['sql', '-c', '-- nothing'])).out).toBe('Nothing to do.\n')
  })

  it('points at the place of an error, and keeps nothing', async () => {
    const { code, out, err } = await plinth(['sql', '-c', `create table half (id int);\n\tselect 'ä', nosuch\n from half`])
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(`Error: column "nosuch" does not exist (SQLSTATE 42703)\n  line 2:  select 'ä', nosuch\n${' '.repeat(23)}^\n`)
    expect((await plinth(['sql', '--json', '-c', `select to_regclass('half')`])).out).toContain('[[null]]')
  })

  it('runs as a role with claims', async () => {
    const args = [
      '--role',
      'authenticated',
      '--claims',
      '{"sub":"ann"}',
      '--json',
      '-c',
      `select current_user::text, current_setting('request.jwt.claims')::json->>'sub'`,
    ]
    expect(JSON.parse((await plinth(['sql', ...args])).out).rows).toEqual([['authenticated', 'ann']])
  })

  it('sends a file of many megabytes as a stream, in one transaction', async () => {
    const rows = Array.from({ length: 9_500 }, (_, i) => `insert into big values (${i}, '${'x'.repeat(960)}');`)
    await writeFile(
      join(folder, 'big.sql'),
      `create table big (id int, note text);\n${rows.join('\n')}\nselect count(*)::int, count(distinct xmin::text)::int from big`,
    )
    const { code, out } = await plinth(['sql', '--json', '-f', 'big.sql'])
    expect([code, JSON.parse(out).rows]).toEqual([0, [[9_500, 1]]])
    await writeFile(join(folder, 'big.sql'), `drop table big;\n${`select 1; -- ${'x'.repeat(200)}\n`.repeat(45_000)}\nselect nosuch`)
    const failed = await plinth(['sql', '-f', 'big.sql'])
    expect([failed.code, failed.err]).toEqual([1, 'Error: column "nosuch" does not exist (SQLSTATE 42703)\n  line 45003\n'])
    expect((await plinth(['sql', '--json', '-c', 'select count(*)::int from big'])).out).toContain('[[9500]]')
  })

  it.each([
    ['no script', ['sql'], 2, /there is no script/],
    ['two scripts', ['sql', '-c', 'x', '-f', 'y'], 2, /not both/],
    ['a file that is not there', ['sql', '-f', 'nosuch.sql'], 2, /cannot be read \(ENOENT\)/],
    ['claims without a role', ['sql', '-c', 'x', '--claims', '{}'], 2, /needs --role/],
    ['claims that are no object', ['sql', '-c', 'x', '--role', 'anon', '--claims', '[1]'], 2, /not a JSON object/],
    ['a wrong time', ['sql', '-c', 'x', '--timeout', 'soon'], 2, /between 0 and 3600/],
    ['an unknown role', ['sql', '-c', 'select 1', '--role', 'nosuch'], 1, /no role nosuch/],
    ['an unknown option', ['sql', '--nosuch'], 2, /unknown option/],
    ['an unknown command', ['nosuch'], 2, /unknown command/],
    ['a wrong key', ['sql', '-c', 'select 1', '--secret-key', 'sb_secret_wrong'], 1, /key/i],
    ['a URL without its key', ['sql', '-c', 'select 1', '--url', 'http://127.0.0.1:1'], 2, /needs --secret-key/],
    ['a URL that is none', ['sql', '-c', 'select 1', '--url', 'nowhere', '--secret-key', 'x'], 2, /not a URL/],
    [
      'a server that is away',
      ['sql', '-c', 'select 1', '--url', 'http://127.0.0.1:1', '--secret-key', 'x'],
      3,
      /cannot be reached \(ECONNREFUSED\)/,
    ],
  ])('tells in words what is wrong: %s', async (_what, args, code, words) => {
    const run = await plinth(args)
    expect([run.code, run.out]).toEqual([code, ''])
    expect(run.err).toMatch(words)
    expect(run.err).not.toMatch(/\n\s+at /)
  })
})

describe('plinth types', () => {
  it('writes the schema, and leaves an equal file alone', async () => {
    await app.sql(`create table typed (id bigint generated always as identity primary key, label text not null)`)
    const shown = (await plinth(['types'])).out
    expect(shown).toContain('export type Database = {')
    expect(shown).toMatch(/typed: \{\s+Row: \{\s+id: number\s+label: string\s+\}\s+Insert: \{\s+id\?: never\s+label: string/)
    await plinth(['types', '--out', 'types.ts'])
    const { mtimeMs } = await stat(join(folder, 'types.ts'))
    expect(await readFile(join(folder, 'types.ts'), 'utf8')).toBe(shown)
    expect((await plinth(['types', '--out', 'types.ts'])).err).toMatch(/^unchanged/)
    expect((await stat(join(folder, 'types.ts'))).mtimeMs).toBe(mtimeMs)
    expect((await plinth(['types', '--out', 'no/such/types.ts'])).err).toMatch(/cannot be written/)
  })
})

describe('plinth migrate', () => {
  let cwd: string
  beforeEach(async () => {
    cwd = await mkdtemp(join(folder, 'project-'))
    await app.sql('delete from plinth.user_migrations')
  })
  const write = async (name: string, sql: string) => {
    await mkdir(join(cwd, 'migrations'), { recursive: true })
    await writeFile(join(cwd, 'migrations', name), sql)
  }

  it('makes, applies and lists migrations in the order of their names', async () => {
    const made = (await plinth(['migrate', 'new', 'Add', 'the Orders!'], { cwd })).out.trim()
    expect(made).toMatch(/^migrations\/\d{14}_add_the_orders\.sql$/)
    await writeFile(join(cwd, made), 'create table ordered (id int)')
    await write('10_first.sql', 'create table ordered_base (id int)')
    expect((await plinth(['migrate', 'status'], { cwd })).out.match(/^pending/gm)).toHaveLength(2)
    const up = await plinth(['migrate', 'up'], { cwd })
    expect([up.code, up.out.split('\n').map((line) => line.split('  ')[0])]).toEqual([
      0,
      ['applied 10_first.sql', `applied ${made.slice(11)}`, ''],
    ])
    expect((await plinth(['migrate', 'up'], { cwd })).out).toBe('Nothing to apply.\n')
    expect(JSON.parse((await plinth(['migrate', 'status', '--json'], { cwd })).out).map((each: { state: string }) => each.state)).toEqual([
      'applied',
      'applied',
    ])
  })

  it('stops at the first failure: what was before stays, of the failed one nothing', async () => {
    await write('1_a.sql', 'create table step_one ()')
    await write('2_b.sql', 'create table step_two ();\nselect 1/0')
    await write('3_c.sql', 'create table step_three ()')
    const { code, out, err } = await plinth(['migrate', 'up'], { cwd })
    expect([code, out.startsWith('applied 1_a.sql')]).toEqual([1, true])
    expect(err).toMatch(/2_b\.sql was not applied, nothing of it was kept: division by zero/)
    expect(
      (await app.sql(`select to_regclass('step_one') is null, to_regclass('step_two') is null, to_regclass('step_three') is null`)).body
        .rows,
    ).toEqual([[false, true, true]])
  })

  it('refuses to go on when an applied one was edited, and shows one whose file is gone', async () => {
    await write('1_x.sql', 'select 1')
    await write('2_y.sql', 'select 2')
    await plinth(['migrate', 'up'], { cwd })
    await write('1_x.sql', 'select 1; -- edited')
    await rm(join(cwd, 'migrations', '2_y.sql'))
    await write('3_z.sql', 'create table never_made ()')
    const { code, err } = await plinth(['migrate', 'up'], { cwd })
    expect([code, err]).toEqual([1, expect.stringMatching(/edited after it was applied: 1_x\.sql\. Nothing was done/)])
    const { out } = await plinth(['migrate', 'status'], { cwd })
    expect(out).toMatch(/^edited {3}1_x\.sql.*\nmissing {2}2_y\.sql.*\npending {2}3_z\.sql\n$/)
  })

  it('does not mind line endings of another system', async () => {
    await write('1_lines.sql', 'select 1;\nselect 2;\n')
    await plinth(['migrate', 'up'], { cwd })
    await write('1_lines.sql', 'select 1;\r\nselect 2;\r\n')
    expect((await plinth(['migrate', 'up'], { cwd })).out).toBe('Nothing to apply.\n')
  })

  it('says what to do in an empty folder', async () => {
    expect((await plinth(['migrate', 'up'], { cwd })).out).toMatch(/plinth migrate new/)
    expect((await plinth(['migrate', 'new', '!!!'], { cwd })).code).toBe(2)
    expect(await readdir(cwd)).toEqual([])
  })
})

describe('plinth status', () => {
  it('gives every value of the contract as JSON', async () => {
    const { code, out } = await plinth(['status', '--json'])
    const status = JSON.parse(out)
    expect(code).toBe(0)
    expect(Object.keys(status).sort()).toEqual(
      [
        'url',
        'consoleUrl',
        'graphqlUrl',
        'databaseUrl',
        'dataDir',
        'anonKey',
        'serviceKey',
        'publishableKey',
        'secretKey',
        'jwtSecret',
        's3AccessKey',
        's3SecretKey',
        'version',
        'ready',
      ].sort(),
    )
    expect(status).toMatchObject({
      url: app.url,
      consoleUrl: `${app.url}/console`,
      graphqlUrl: `${app.url}/graphql/v1`,
      dataDir,
      secretKey: app.keys.secret,
      version: '1.2.3',
    })
  })

  it('hides secrets from people unless they ask', async () => {
    const hidden = (await plinth(['status'])).out
    expect(hidden).not.toContain(app.keys.secret)
    expect((await plinth(['status', '--show-secrets'])).out).toContain(app.keys.secret)
    expect((await plinth(['keys'])).out).not.toContain(app.keys.secret)
    expect((await plinth(['keys', '--show-secrets'])).out).toContain(`PLINTH_SECRET_KEY=${app.keys.secret}`)
  })

  it('does not hand the key to a stranger on the port of a server that was killed', async () => {
    let heard = ''
    const stranger = createServer((socket) =>
      socket.on('data', (data) => ((heard += String(data)), socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'))),
    )
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { port } = stranger.address() as { port: number }
    try {
      await announce(`http://127.0.0.1:${port}`)
      const { code, out } = await plinth(['status', '--json'])
      expect([code, JSON.parse(out).ready]).toEqual([0, false])
      expect(heard).toContain('GET /health/ready')
      expect(heard).not.toContain(app.keys.secret)
    } finally {
      stranger.close()
      await announce(app.url)
    }
  })

  it('is clear about a folder that is not a data folder', async () => {
    const { code, err } = await plinth(['status'], { environment: { PLINTH_DATA_DIR: join(folder, 'nowhere') } })
    expect([code, err]).toEqual([3, expect.stringMatching(/no data folder of Plinth at .*nowhere\.\nStart the server here/)])
  })
})

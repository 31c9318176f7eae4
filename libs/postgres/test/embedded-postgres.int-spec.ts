// The supervisor with real servers in folders of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { isAlive, waitForEnd } from '../src/embedded/processes.ts'

const superuserPassword = "it's a test password"
const running: EmbeddedPostgres[] = []
const children: ChildProcess[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-embedded-'))
  await chmod(folder, 0o711)
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of running.splice(0)) await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: { directory?: string; port?: number; notices?: string[] } = {}): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({
    directory: options.directory ?? join(folder, 'postgres'),
    superuserPassword,
    ...(options.port === undefined ? {} : { port: options.port }),
    onNotice: (message) => options.notices?.push(message),
  })
  running.push(server)
  return server
}

async function query<R extends object>(server: EmbeddedPostgres, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: server.superuserUrl() })
  await client.connect()
  try {
    return (await client.query<R>(text)).rows
  } finally {
    await client.end()
  }
}

/** Starts kill-9.child.ts; answers its first line and collects the rows that were acknowledged to it. */
async function startChild(directory: string, user: { uid?: number; gid?: number } = {}) {
  const script = join(folder, 'child.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('kill-9.child.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(${JSON.stringify(import.meta.url)});`,
    },
    // Where the binaries' package is found from, as if the bundle lay in the checkout.
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
  })
  const child = spawn(process.execPath, [script, directory, superuserPassword], { stdio: ['ignore', 'pipe', 'inherit'], ...user })
  children.push(child)
  const acknowledged: number[] = []
  const facts = await new Promise<{ pid: number; port: number }>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) =>
      line.startsWith('{') ? resolve(JSON.parse(line)) : acknowledged.push(Number(line)),
    )
  })
  return { child, facts, acknowledged }
}

async function kill9(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

describe('the embedded Postgres', () => {
  it('starts on loopback with passwords, durable, in C.UTF-8, ready for logical decoding', async () => {
    const server = await start()
    const [settings] = await query<Record<string, string>>(
      server,
      `select current_setting('listen_addresses') as listen, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
         current_setting('wal_level') as wal, current_setting('data_checksums') as checksums, current_setting('password_encryption') as passwords,
         (select datlocale from pg_database where datname = 'postgres') as locale, (select datlocprovider from pg_database where datname = 'postgres') as provider,
         (select string_agg(distinct auth_method, ',') from pg_hba_file_rules) as methods`,
    )
    expect(settings).toEqual({
      listen: '127.0.0.1',
      fsync: 'on',
      commit: 'on',
      wal: 'logical',
      checksums: 'on',
      passwords: 'scram-sha-256',
      locale: 'C.UTF-8',
      provider: 'b',
      methods: 'scram-sha-256',
    })
    const wrong = new pg.Client({ connectionString: server.superuserUrl().replace(encodeURIComponent(superuserPassword), 'wrong') })
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(folder, 'postgres', 'data'))).mode & 0o077).toBe(0)
    expect((await stat(server.log)).mode & 0o077).toBe(0)
  })

  it('comes back on the same port with its data after a stop', async () => {
    const first = await start()
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    expect(await isAlive(first.pid)).toBe(false)
    const second = await start()
    expect(second.initialised).toBe(false)
    expect(second.port).toBe(first.port)
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }])
  })

  it('after kill -9 of its process it is taken over, and every acknowledged row is there', async () => {
    const directory = join(folder, 'postgres')
    const { child, facts, acknowledged } = await startChild(directory)
    await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(50)
    await kill9(child)
    expect(await isAlive(facts.pid)).toBe(true)
    const notices: string[] = []
    const server = await start({ notices })
    expect(server.adopted).toBe(true)
    expect(server.pid).toBe(facts.pid)
    expect(notices.join()).toContain('took over')
    const rows = await query<{ n: number }>(server, 'select n from acknowledged order by n')
    expect(rows.map((row) => row.n)).toEqual(expect.arrayContaining(acknowledged))
    await server.stop()
    expect(await isAlive(facts.pid)).toBe(false)
  })

  it('after kill -9 of its process and the server too, it starts again with every acknowledged row', async () => {
    const { child, facts, acknowledged } = await startChild(join(folder, 'postgres'))
    await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(50)
    process.kill(facts.pid, 'SIGKILL')
    await kill9(child)
    await waitForEnd(facts.pid, 5000)
    const server = await start()
    expect(server.adopted).toBe(false)
    const rows = await query<{ n: number }>(server, 'select n from acknowledged order by n')
    expect(rows.map((row) => row.n)).toEqual(expect.arrayContaining(acknowledged))
  })

  it('stops an orphan that cannot be taken over, and starts its own', async () => {
    const { child, facts } = await startChild(join(folder, 'postgres'))
    await kill9(child)
    const probe = createServer()
    const port = await new Promise<number>((resolve) =>
      probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port)),
    )
    await new Promise((resolve) => probe.close(resolve))
    const server = await start({ port })
    expect(server.adopted).toBe(false)
    expect(server.port).toBe(port)
    expect(await isAlive(facts.pid)).toBe(false)
  })

  it('ends with its process, also when nobody called stop', async () => {
    process.env['END_AT_ONCE'] = 'true'
    try {
      const { facts } = await startChild(join(folder, 'postgres'))
      expect(await waitForEnd(facts.pid, 5000)).toBe(true)
    } finally {
      delete process.env['END_AT_ONCE']
    }
  })

  it('starts the server again when it dies under it', async () => {
    const notices: string[] = []
    const server = await start({ notices })
    await query(server, 'create table kept as select 1 as one')
    const before = server.pid
    process.kill(before, 'SIGKILL')
    await expect.poll(() => server.pid, { timeout: 20_000 }).not.toBe(before)
    expect(await query(server, 'select one from kept')).toEqual([{ one: 1 }])
    expect(notices.join()).toContain('ended unexpectedly')
  })

  it('is not fooled by a postmaster.pid whose process id belongs to another program', async () => {
    const first = await start()
    const file = join(folder, 'postgres', 'data', 'postmaster.pid')
    const text = await readFile(file, 'utf8')
    await first.stop()
    await writeFile(file, text.replace(/^\d+/, String(process.pid)))
    const second = await start()
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('makes a whole cluster after an initialisation that was cut off', async () => {
    const directory = join(folder, 'postgres')
    await mkdir(join(directory, 'data.new'), { recursive: true })
    await writeFile(join(directory, 'embedded.json'), '{"format":1}')
    await writeFile(join(directory, 'data.new', 'PG_VERSION'), '18')
    expect((await start({ directory })).initialised).toBe(true)
  })
})

describe('the embedded Postgres refuses, and says why,', () => {
  it('a folder with files of somebody else, untouched', async () => {
    await writeFile(join(folder, 'thesis.txt'), 'mine')
    await expect(start({ directory: folder })).rejects.toMatchObject({ area: 'postgres', code: 'folder_not_ours' })
    expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('mine')
  })

  it('a folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(start({ directory: join(folder, 'file', 'postgres') })).rejects.toMatchObject({ code: 'folder_not_writable' })
  })

  it('a folder that another living Plinth uses', async () => {
    const { facts } = await startChild(join(folder, 'postgres'))
    await expect(start()).rejects.toMatchObject({ code: 'folder_in_use' })
    expect(await isAlive(facts.pid)).toBe(true)
    children.pop()!.kill('SIGKILL')
    await expect
      .poll(() =>
        start().then(
          (server) => server.adopted,
          () => false,
        ),
      )
      .toBe(true)
  })

  it('data of another major version', async () => {
    const directory = join(folder, 'postgres')
    await mkdir(join(directory, 'data'), { recursive: true })
    await writeFile(join(directory, 'embedded.json'), '{"format":1}')
    await writeFile(join(directory, 'data', 'PG_VERSION'), '17\n')
    await expect(start({ directory })).rejects.toMatchObject({ code: 'wrong_major_version', params: { found: '17', expected: 18 } })
  })

  it('a fixed port that another program holds', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    try {
      await expect(start({ port })).rejects.toMatchObject({ code: 'port_in_use', message: expect.stringContaining(String(port)) })
    } finally {
      other.close()
    }
  })

  it('a server that does not come up, with the reason from its log', async () => {
    const first = await start()
    await first.stop()
    await rm(join(folder, 'postgres', 'data', 'global', 'pg_control'))
    await expect(start()).rejects.toMatchObject({ code: 'start_failed', message: expect.stringContaining('pg_control') })
  })
})

describe.runIf(process.getuid?.() === 0)('as root', () => {
  it('takes over what a plain user started, and runs it as that user', async () => {
    const nobody = { uid: 65534, gid: 65534 }
    const home = join(folder, 'home')
    await mkdir(home, { mode: 0o700 })
    await chown(home, nobody.uid, nobody.gid)
    const directory = join(home, 'postgres')
    const { child, facts, acknowledged } = await startChild(directory, nobody)
    await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(10)
    expect((await stat(join(directory, 'data'))).uid).toBe(nobody.uid)
    await kill9(child)
    process.kill(facts.pid, 'SIGINT')
    await waitForEnd(facts.pid, 5000)
    const server = await start({ directory })
    expect((await stat(`/proc/${server.pid}`)).uid).toBe(nobody.uid)
    expect((await query<{ n: number }>(server, 'select n from acknowledged')).map((row) => row.n)).toEqual(
      expect.arrayContaining(acknowledged),
    )
  })

  it('runs below a private folder that the server user cannot pass', async () => {
    await chmod(folder, 0o700)
    const server = await start()
    await query(server, 'create table kept as select 1 as one; checkpoint')
    await server.stop()
    expect(await query(await start(), 'select one from kept')).toEqual([{ one: 1 }])
  })
})

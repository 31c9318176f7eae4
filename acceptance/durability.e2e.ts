// Promises P1 and P6: an acknowledged write survives kill -9, and the server comes back by itself; it says what is
// missing while Postgres is away and goes on when Postgres is back.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@plinth/client'
import { describe, expect, it } from 'vitest'
import { startServer, type TestServer } from './server.ts'

const schema = `create table entry (id bigint primary key, at timestamptz not null default now())`

/** Writes ids as fast as answers come, and remembers those that were acknowledged; stops at the first lost connection. */
function writeUntilItBreaks(server: TestServer, from: number) {
  const acknowledged: number[] = []
  const client = createClient(server.url, server.serviceKey, { auth: { persistSession: false } })
  let next = from
  const worker = async (): Promise<void> => {
    for (;;) {
      const id = next++
      const { error } = await client.from('entry').insert({ id })
      if (error !== null) return
      acknowledged.push(id)
    }
  }
  return { acknowledged, finished: Promise.all([worker(), worker(), worker(), worker()]) }
}

async function untilAtLeast(list: readonly unknown[], count: number): Promise<void> {
  while (list.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('kill -9', () => {
  it('of the server during writes loses no acknowledged write, twice in a row', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'plinth-kill-'))
    try {
      const acknowledged: number[] = []
      for (const round of [0, 1]) {
        const server = await startServer({ dataDir })
        if (round === 0) await server.plinth('sql', '-c', schema)
        const writing = writeUntilItBreaks(server, 1 + round * 1_000_000)
        await untilAtLeast(writing.acknowledged, 200)
        server.process.kill('SIGKILL')
        await writing.finished
        acknowledged.push(...writing.acknowledged)
      }
      await using server = await startServer({ dataDir })
      const answer = JSON.parse(await server.plinth('sql', '-c', 'select id::int from entry', '--json')) as {
        rows: number[][]
        truncated?: boolean
      }
      const kept = new Set(answer.rows.flat())
      expect(acknowledged.length).toBeGreaterThanOrEqual(400)
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})

describe('Postgres going away and coming back while requests run', () => {
  it('gives clear 503s, names the database in /health/ready, and recovers by itself', async () => {
    await using server = await startServer()
    await server.plinth('sql', '-c', schema)
    const read = () => fetch(`${server.url}/rest/v1/entry?select=id`, { headers: { apikey: server.serviceKey } })
    const ready = async () =>
      (await fetch(`${server.url}/health/ready`)).json() as Promise<{ status: string; checks: Record<string, { status: string }> }>
    expect((await read()).status).toBe(200)

    process.kill(Number(await postmasterPid(server)), 'SIGKILL')
    const whileAway: number[] = []
    let named = false
    const deadline = Date.now() + 60_000
    for (;;) {
      const answer = await read()
      whileAway.push(answer.status)
      if (answer.status === 503) {
        expect(await answer.json()).toMatchObject({ message: expect.stringMatching(/database/i) })
        named ||= (await ready()).checks.database?.status === 'fail'
      }
      if (answer.status === 200 && whileAway.includes(503)) break
      if (Date.now() > deadline) throw new Error(`not recovered within 60 s: ${[...new Set(whileAway)].join(', ')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([...new Set(whileAway)].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(named).toBe(true)
    // The change feed comes back by its own timetable, a little later than the pools.
    while ((await ready()).status !== 'ok') {
      if (Date.now() > deadline) throw new Error(`not ready again within 60 s: ${JSON.stringify(await ready())}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(server.process.exitCode).toBeNull()
  })
})

/** The embedded server's own pid file: its first line is the postmaster. */
async function postmasterPid(server: TestServer): Promise<string> {
  for (const entry of await readdir(server.dataDir, { recursive: true })) {
    if (entry.endsWith('postmaster.pid')) return (await readFile(join(server.dataDir, entry), 'utf8')).split('\n', 1)[0]!
  }
  throw new Error('no postmaster.pid below the data folder')
}

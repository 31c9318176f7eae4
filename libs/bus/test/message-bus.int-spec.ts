// The contract of the port, run over each driver. The Redis half needs redis-server on the PATH.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '#libs/kernel'
import { InProcessBus, RedisBus, type MessageBus } from '../src/index.ts'

const log = createLogger({ level: 'silent', pretty: false })
const hasRedis = spawnSync('redis-server', ['--version']).status === 0
if (!hasRedis)
  console.warn('bus: the Redis driver was left out, because redis-server is not installed (Debian: apt-get install redis-server)')

/** Collects messages; `next(n)` waits for the first n. */
function inbox() {
  const messages: string[] = []
  let wake: () => void = () => undefined
  return {
    messages,
    take: (message: string) => {
      messages.push(message)
      wake()
    },
    async next(count: number): Promise<string[]> {
      while (messages.length < count) await new Promise<void>((resolve) => (wake = resolve))
      return messages.slice(0, count)
    },
  }
}

function contract(open: () => Promise<MessageBus>) {
  let buses: MessageBus[] = []
  const bus = async () => {
    const opened = await open()
    buses.push(opened)
    return opened
  }
  afterEach(async () => {
    for (const opened of buses) await opened.close()
    buses = []
  })

  it('delivers the messages of a topic in order to every listener, also to equal ones, and no other topic', async () => {
    const one = await bus()
    const [first, second] = [inbox(), inbox()]
    await one.subscribe('a', first.take)
    await one.subscribe('a', second.take)
    await one.subscribe('a', second.take)
    await one.publish('b', 'not for a')
    for (const text of ['1', 'zwei ✓', '']) await one.publish('a', text)
    expect(await first.next(3)).toEqual(['1', 'zwei ✓', ''])
    expect(await second.next(6)).toEqual(['1', '1', 'zwei ✓', 'zwei ✓', '', ''])
  })

  it('delivers nothing to a listener that has stopped', async () => {
    const one = await bus()
    const [gone, stays] = [inbox(), inbox()]
    const stop = await one.subscribe('a', gone.take)
    await one.subscribe('a', stays.take)
    await stop()
    await stop()
    await one.publish('a', 'x')
    expect(await stays.next(1)).toEqual(['x'])
    expect(gone.messages).toEqual([])
  })

  it('keeps the fault of one listener from the others', async () => {
    const one = await bus()
    const other = inbox()
    await one.subscribe('a', () => {
      throw new Error('broken listener')
    })
    await one.subscribe('a', other.take)
    await one.publish('a', 'x')
    expect(await other.next(1)).toEqual(['x'])
  })

  it('refuses a message that is too large, and everything after close', async () => {
    const one = await bus()
    expect(one.status().connected).toBe(true)
    await expect(one.publish('a', 'x'.repeat(4 * 1024 * 1024 + 1))).rejects.toMatchObject({ area: 'bus', code: 'message_too_large' })
    await one.close()
    await expect(one.publish('a', 'x')).rejects.toMatchObject({ area: 'bus', code: 'unavailable' })
    expect(one.status().connected).toBe(false)
  })
}

describe('the in-process bus', () => {
  contract(async () => new InProcessBus(log))
})

describe.skipIf(!hasRedis)('the Redis bus', () => {
  let port: number
  let server: ChildProcess
  const start = async () => {
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
  }
  const stop = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGKILL')
    await ended
  }
  const open = async (prefix = randomUUID()) => {
    const bus = new RedisBus({ url: `redis://127.0.0.1:${port}`, prefix }, log)
    await expect.poll(() => bus.status().connected, { timeout: 10_000, interval: 10 }).toBe(true)
    return bus
  }
  beforeAll(async () => {
    port = await freePort()
    await start()
  })
  afterAll(() => stop())

  contract(() => open())

  it('carries messages between nodes, each installation by itself', async () => {
    const prefix = randomUUID()
    const [a, b, stranger] = [await open(prefix), await open(prefix), await open()]
    const [atB, atStranger] = [inbox(), inbox()]
    await b.subscribe('t', atB.take)
    await stranger.subscribe('t', atStranger.take)
    await a.publish('t', 'hello')
    await stranger.publish('t', 'mine')
    expect(await atB.next(1)).toEqual(['hello'])
    expect(await atStranger.next(1)).toEqual(['mine'])
    for (const bus of [a, b, stranger]) await bus.close()
  })

  it('refuses at once while Redis is away, and its subscriptions come back with it', async () => {
    const bus = await open()
    const received = inbox()
    await bus.subscribe('t', received.take)
    await stop()
    await expect.poll(() => bus.status().connected, { timeout: 5_000, interval: 10 }).toBe(false)
    await expect(bus.publish('t', 'lost')).rejects.toMatchObject({ code: 'unavailable' })
    await start()
    await expect.poll(() => bus.status().connected, { timeout: 20_000, interval: 20 }).toBe(true)
    // The connection is ready a moment before its subscriptions are: publish until one arrives.
    await expect
      .poll(
        async () => {
          await bus.publish('t', 'back')
          return received.messages.length
        },
        { timeout: 10_000, interval: 20 },
      )
      .toBeGreaterThan(0)
    expect(new Set(received.messages)).toEqual(new Set(['back']))
    await bus.close()
  })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

// Subscriptions of an application's own resolvers, beside those of the database, and its other fields at the Relay endpoint.
import 'reflect-metadata'
import { type CanActivate, ConflictException, type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common'
import { Args, Context, Field, GqlExecutionContext, Int, Mutation, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SubscriptionClient } from 'subscriptions-transport-ws'
import { WebSocket } from 'ws'
import type { Principal } from '#libs/identity'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { anonKey, type LiveServer, startServer, Told, tokenOf, userId } from './live-server.ts'

const takes = (...types: readonly unknown[]) => Reflect.metadata('design:paramtypes', types)

@ObjectType()
class Tick {
  @Field(() => Int)
  number!: number
  @Field(() => String)
  label!: string
}

@Injectable()
class SignedIn implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    return GqlExecutionContext.create(host).getContext<{ principal: Principal }>().principal.authenticated
  }
}

/** What happened to sources, for tests that wait for it. */
const sources = { open: 0, changed: new Set<() => void>() }

function moved(by: number): void {
  sources.open += by
  for (const listener of sources.changed) listener()
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      const listener = () => {
        sources.changed.delete(listener)
        resolve()
      }
      sources.changed.add(listener)
    })
  }
}

@Resolver()
class TicksResolver {
  @Query(() => String)
  hello(): string {
    return 'hello'
  }

  @takes(Number)
  @Mutation(() => Int)
  double(@Args('number', { type: () => Int }) number: number): number {
    return number * 2
  }

  @takes(Number)
  @Subscription(() => Tick, { resolve: (tick: Tick) => ({ number: tick.number, label: `tick ${tick.number}` }) })
  async *ticks(@Args('to', { type: () => Int }) to: number): AsyncGenerator<Partial<Tick>> {
    moved(1)
    try {
      for (let number = 1; number <= to; number++) yield { number }
    } finally {
      moved(-1)
    }
  }

  @takes()
  @Subscription(() => Int, { resolve: (value: number) => value })
  endless(): AsyncIterableIterator<number> {
    moved(1)
    let isFirst = true
    let end: (result: IteratorResult<number>) => void = () => undefined
    return {
      next: () => {
        if (isFirst) {
          isFirst = false
          return Promise.resolve({ done: false, value: 1 })
        }
        return new Promise((resolve) => (end = resolve))
      },
      return: () => {
        moved(-1)
        end({ done: true, value: undefined })
        return Promise.resolve({ done: true as const, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  @takes(Object)
  @UseGuards(SignedIn)
  @Subscription(() => String, { resolve: (value: string) => value })
  async *mine(@Context() { principal, req }: { principal: Principal; req: { headers: Record<string, string> } }): AsyncGenerator<string> {
    yield `${principal.userId} from ${req.headers['x-app']}`
  }

  @Subscription(() => Int, {
    resolve: (value: number) => {
      if (value === 2) throw new ConflictException('not two')
      return value
    },
  })
  async *failing(): AsyncGenerator<number> {
    yield* [1, 2, 3]
    throw new Error('a secret of the server')
  }
}

@Module({ providers: [SignedIn, TicksResolver] })
class TicksModule {}

interface Heard {
  readonly answers: any[]
  readonly complete: boolean
  readonly error?: any
}

describe('an application’s own subscriptions', () => {
  let db: TestDatabase
  let server: LiveServer
  const one = tokenOf(userId(1))
  beforeAll(async () => {
    db = await createTestDatabase()
    await db.sql(
      `create table notice (id int primary key, words text); grant select on notice to anon; insert into notice values (1, 'open');`,
    )
    server = await startServer(db, { imports: [TicksModule] })
  })
  afterAll(async () => {
    await server.stop()
    await db.dispose()
  })

  const newer = async (query: string, variables = {}, token?: string): Promise<Heard> => {
    const client = server.client(token, {
      webSocketImpl: class extends WebSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol, { headers: { 'x-app': 'mine' } })
        }
      },
    })
    const told = new Told(client, query, variables)
    await told.until(({ isComplete, error }) => isComplete || error !== undefined)
    return { answers: told.results, complete: told.isComplete, error: (told.error as any)?.[0] }
  }
  const older = (query: string, variables = {}, token?: string): Promise<Heard> =>
    new Promise((resolve) => {
      const headers = { apikey: anonKey, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) }
      const client = new SubscriptionClient(`ws://127.0.0.1:${server.port}/graphql/v1`, { connectionParams: { headers } }, WebSocket)
      const answers: any[] = []
      const end = (rest: object) => {
        client.close()
        resolve({ answers, complete: false, ...rest })
      }
      client.request({ query, variables }).subscribe({
        next: (answer) => void answers.push(answer),
        error: (error) => end({ error }),
        complete: () => end({ complete: true }),
      })
    })
  const events = async (query: string, variables = {}, token?: string): Promise<Heard> => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      apikey: anonKey,
      'x-app': 'mine',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const text = await (await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).text()
    return {
      answers: [...text.matchAll(/event: next\ndata: (.*)/g)].map(([, json]) => JSON.parse(json!)),
      complete: text.includes('event: complete'),
    }
  }
  const ways = { newer, older, events }

  it.each(Object.keys(ways) as (keyof typeof ways)[])('over %s: every event arrives in order, and then the end', async (name) => {
    const query = 'subscription ($to: Int!) { again: ticks(to: $to) { label ...n } } fragment n on Tick { number }'
    const { answers, complete } = await ways[name](query, { to: 200 })
    expect(complete).toBe(true)
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => ({ data: { again: { label: `tick ${i + 1}`, number: i + 1 } } })))
    expect(sources.open).toBe(0)
  })

  it('know who asks, by which request, and their guards decide', async () => {
    for (const way of [newer, events]) {
      expect((await way('subscription { mine }', {}, one)).answers).toEqual([{ data: { mine: `${userId(1)} from mine` } }])
    }
    expect((await newer('subscription { mine }')).error).toMatchObject({
      message: 'Forbidden resource',
      extensions: { code: 'access-denied' },
    })
  })

  it('an event that fails says so, what goes wrong inside is not told', async () => {
    const { answers } = await events('subscription { failing }')
    expect(answers[0]).toEqual({ data: { failing: 1 } })
    expect(answers[1].errors[0]).toEqual({ message: 'not two', extensions: { path: '$.selectionSet.failing', code: 'conflict' } })
    expect(answers[2]).toEqual({ data: { failing: 3 } })
    expect(answers[3].errors[0].extensions.code).toBe('unexpected')
    expect(JSON.stringify(answers)).not.toContain('secret')
  })

  it('end their source when the client leaves, when its socket breaks and when the server stops asking', async () => {
    const client = server.client()
    const told = await new Told(client, 'subscription { endless }').untilData({ endless: 1 })
    expect(sources.open).toBe(1)
    told.stop()
    await until(() => sources.open === 0)
    const broken = await new Told(server.client(), 'subscription { endless }').untilData({ endless: 1 })
    expect([broken.last, sources.open]).toEqual([{ endless: 1 }, 1])
    for (const connection of server.connections['connections']) connection.end('session_revoked')
    await until(() => sources.open === 0)
    expect(server.stats.subscriptions).toBe(0)
  })

  it('stand beside the database’s, one at a time, validated and introspected', async () => {
    const live = new Told(server.client(), 'subscription { notice { words } }')
    await live.untilData({ notice: [{ words: 'open' }] })
    live.stop()
    for (const [query, message] of [
      ['subscription { ticks(to: 1) { number } notice { words } }', 'subscriptions must select one top level field'],
      [
        'subscription @_multiple_top_level_fields { ticks(to: 1) { number } notice { words } }',
        'subscriptions must select one top level field',
      ],
      ['subscription { ticks { number } }', "missing required field 'to'"],
      ['subscription { ticks(to: 1) { nope } }', "field 'nope' not found in type: 'Tick'"],
    ] as const)
      expect((await events(query)).answers[0].errors[0].message, query).toBe(message)
    const names = (await events('{ __schema { subscriptionType { fields { name } } } }')).answers[0].data.__schema.subscriptionType.fields
    expect(names.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['notice', 'notice_stream', 'ticks', 'mine']))
  })

  it('and all other fields are at the Relay endpoint, too', async () => {
    const ask = async (query: string, accept = 'application/json') =>
      (
        await fetch(`${server.url}/relay`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept, apikey: anonKey },
          body: JSON.stringify({ query }),
        })
      ).text()
    expect(JSON.parse(await ask('{ hello notice_connection { edges { node { words } } } }'))).toEqual({
      data: { hello: 'hello', notice_connection: { edges: [{ node: { words: 'open' } }] } },
    })
    expect(JSON.parse(await ask('mutation { double(number: 21) }'))).toEqual({ data: { double: 42 } })
    const text = await ask('subscription { ticks(to: 2) { number } }', 'text/event-stream')
    expect([...text.matchAll(/data: (\{.*)/g)].map(([, json]) => JSON.parse(json!))).toEqual(
      [1, 2].map((number) => ({ data: { ticks: { number } } })),
    )
    expect(JSON.parse(await ask('{ __schema { queryType { fields { name } } } }')).data.__schema.queryType.fields).toEqual(
      expect.arrayContaining([{ name: 'hello' }, { name: 'node' }]),
    )
  })
})

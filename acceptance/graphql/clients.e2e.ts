// Clients that people already have, unmodified, over the Chinook store: they query, write, and follow what changes.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, split } from '@apollo/client'
import { CombinedGraphQLErrors } from '@apollo/client/errors'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { getMainDefinition } from '@apollo/client/utilities'
import { Client as UrqlClient, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient } from '@plinth/client'
import { type Client as SocketClient, createClient as createSocketClient } from 'graphql-ws'
import { createClient as createSseClient } from 'graphql-sse'
import { Kind, OperationTypeNode } from 'graphql'
import { SubscriptionClient } from 'subscriptions-transport-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { Inbox } from './inbox.ts'
import { headersFor, openStore, type Person, socketUrl, type Store } from './store.ts'

// Apollo's link asks for the browser's class, which Node has from version 22 on.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket

let store: Store
let ada: Person
let bob: Person
beforeAll(async () => {
  store = await openStore()
  ada = await store.signUp('ada')
  bob = await store.signUp('bob')
})
afterAll(() => store?.close())

interface ListRow {
  readonly name: string
}
interface Lists {
  readonly list: readonly ListRow[]
}

const albumsOf =
  'query Albums($artist: Int!) { album(where: {artist_id: {_eq: $artist}}, order_by: {title: asc}) { album_id title artist { name } } }'
const addList = 'mutation Add($name: String!) { insert_list_one(object: {name: $name}) { id name owner_id } }'
const myLists = 'subscription Mine { list(order_by: {name: asc}) { name } }'

function socketOf(person: Person): SocketClient {
  return createSocketClient({
    url: socketUrl(store),
    webSocketImpl: WebSocket,
    connectionParams: { headers: headersFor(store, person) },
    retryAttempts: 0,
  })
}

function apolloFor(person: Person, socket: SocketClient): ApolloClient {
  const link = split(
    ({ query }) => {
      const definition = getMainDefinition(query)
      return definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
    },
    new GraphQLWsLink(socket),
    ApolloLink.from([new HttpLink({ uri: store.server.graphqlUrl, headers: headersFor(store, person) })]),
  )
  return new ApolloClient({ link, cache: new InMemoryCache() })
}

function urqlFor(person: Person, socket: SocketClient): UrqlClient {
  return new UrqlClient({
    url: store.server.graphqlUrl,
    preferGetMethod: false,
    fetchOptions: { headers: headersFor(store, person) },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: request.query ?? '', variables: request.variables }, sink) }),
        }),
      }),
    ],
  })
}

describe('Apollo Client', () => {
  it('queries with variables, types and a normalised cache', async () => {
    const socket = socketOf(ada)
    const client = apolloFor(ada, socket)
    const { data } = await client.query<{ album: { title: string; artist: { name: string } }[] }>({
      query: gql(albumsOf),
      variables: { artist: 1 },
    })
    expect(data?.album.length).toBeGreaterThan(0)
    expect(data?.album[0]).toMatchObject({ __typename: 'album', artist: { __typename: 'artist' } })
    await socket.dispose()
  })

  it('mutates, and says in its own error class what the database refused', async () => {
    const socket = socketOf(ada)
    const client = apolloFor(ada, socket)
    const { data } = await client.mutate<{ insert_list_one: { owner_id: string } }>({
      mutation: gql(addList),
      variables: { name: 'a from Apollo' },
    })
    expect(data?.insert_list_one.owner_id).toBe(ada.id)
    const refused = client.mutate({
      mutation: gql('mutation ($to: uuid!) { insert_list_one(object: {name: "stolen", owner_id: $to}) { id } }'),
      variables: { to: bob.id },
    })
    const error = await refused.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions).toMatchObject({ code: 'permission-error' })
    await socket.dispose()
  })

  it('subscribes: the first answer at once, the next one when something has changed', async () => {
    const socket = socketOf(ada)
    const client = apolloFor(ada, socket)
    const inbox = new Inbox<Lists>()
    const subscription = client.subscribe<Lists>({ query: gql(myLists) }).subscribe((result) => inbox.push(result.data))
    const before = await inbox.next()
    await client.mutate({ mutation: gql(addList), variables: { name: 'b from Apollo' } })
    const after = await inbox.until((lists) => lists.list.length > before.list.length)
    expect(after.list.map(({ name }) => name)).toContain('b from Apollo')
    subscription.unsubscribe()
    await socket.dispose()
  })
})

describe('urql', () => {
  it('queries and mutates', async () => {
    const socket = socketOf(bob)
    const client = urqlFor(bob, socket)
    const albums = await client.query<{ album: { title: string }[] }>(albumsOf, { artist: 1 }).toPromise()
    expect(albums.error).toBeUndefined()
    expect(albums.data?.album.length).toBeGreaterThan(0)
    const added = await client.mutation<{ insert_list_one: { name: string } }>(addList, { name: 'a from urql' }).toPromise()
    expect(added.error).toBeUndefined()
    expect(added.data?.insert_list_one.name).toBe('a from urql')
    const refused = await client.mutation('mutation { insert_list_one(object: {name: null}) { id } }', {}).toPromise()
    expect(refused.error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'constraint-violation' })
    await socket.dispose()
  })

  it('subscribes, and another person never sees the rows', async () => {
    const sockets = [socketOf(ada), socketOf(bob)]
    const inboxes = [new Inbox<Lists>(), new Inbox<Lists>()]
    const clients = [urqlFor(ada, sockets[0]!), urqlFor(bob, sockets[1]!)]
    const running = clients.map((client, i) => client.subscription<Lists>(myLists, {}).subscribe(({ data }) => inboxes[i]!.push(data)))
    await Promise.all(inboxes.map((inbox) => inbox.next()))
    await clients[1]!.mutation(addList, { name: "bob's only" }).toPromise()
    await inboxes[1]!.until(({ list }) => list.some(({ name }) => name === "bob's only"))
    await clients[0]!.mutation(addList, { name: "ada's next" }).toPromise()
    await inboxes[0]!.until(({ list }) => list.some(({ name }) => name === "ada's next"))
    expect(inboxes[0]!.seen.flatMap(({ list }) => list.map(({ name }) => name))).not.toContain("bob's only")
    expect(inboxes[1]!.seen.flatMap(({ list }) => list.map(({ name }) => name))).not.toContain("ada's next")
    for (const each of running) each.unsubscribe()
    for (const socket of sockets) await socket.dispose()
  })
})

describe('graphql-ws', () => {
  it('runs queries and mutations over the socket too', async () => {
    const socket = socketOf(ada)
    const once = async (query: string, variables: Record<string, unknown>): Promise<unknown> => {
      for await (const result of socket.iterate({ query, variables })) return result
      return undefined
    }
    expect(await once(albumsOf, { artist: 1 })).toMatchObject({ data: { album: expect.arrayContaining([expect.anything()]) as unknown } })
    expect(await once(addList, { name: 'over the socket' })).toMatchObject({ data: { insert_list_one: { name: 'over the socket' } } })
    await socket.dispose()
  })

  it('streams what is added, in batches, once each', async () => {
    const socket = socketOf(ada)
    const names: string[] = []
    const wanted = Array.from({ length: 7 }, (_unused, i) => `streamed ${i}`)
    const http = apolloFor(ada, socket)
    await http.mutate({ mutation: gql(addList), variables: { name: wanted[0] } })
    const { data } = await http.query<{ list: { id: number }[] }>({ query: gql('{ list(where: {name: {_eq: "streamed 0"}}) { id } }') })
    const stream = socket.iterate<{ list_stream: { name: string }[] }>({
      query: 'subscription ($from: Int!) { list_stream(batch_size: 2, cursor: [{initial_value: {id: $from}}]) { name } }',
      variables: { from: data!.list[0]!.id - 1 },
    })
    const adding = (async () => {
      for (const name of wanted.slice(1)) await http.mutate({ mutation: gql(addList), variables: { name } })
    })()
    for await (const result of stream) {
      expect(result.errors).toBeUndefined()
      names.push(...result.data!.list_stream.map(({ name }) => name))
      if (names.length >= wanted.length) break
    }
    await adding
    expect(names).toEqual(wanted)
    await socket.dispose()
  })

  it('is refused with a wrong token, and told why', async () => {
    const socket = createSocketClient({
      url: socketUrl(store),
      webSocketImpl: WebSocket,
      connectionParams: { headers: { apikey: store.server.anonKey, authorization: 'Bearer nonsense' } },
      retryAttempts: 0,
      lazy: true,
    })
    const closed = await new Promise<unknown>((resolve) => {
      socket.subscribe({ query: '{ album { title } }' }, { next: resolve, error: resolve, complete: () => resolve('complete') })
    })
    expect(closed).toMatchObject({ code: 4403 })
  })
})

describe('the older protocol', () => {
  it('works with subscriptions-transport-ws', async () => {
    const client = new SubscriptionClient(socketUrl(store), { connectionParams: { headers: headersFor(store, bob) } }, WebSocket)
    const inbox = new Inbox<Lists>()
    const subscription = client.request({ query: myLists }).subscribe({ next: (result) => inbox.push(result.data as unknown as Lists) })
    await inbox.next()
    await urqlFor(bob, socketOf(bob)).mutation(addList, { name: 'seen by the older protocol' }).toPromise()
    await inbox.until(({ list }) => list.some(({ name }) => name === 'seen by the older protocol'))
    subscription.unsubscribe()
    client.close()
  })
})

describe('the SDK', () => {
  it('subscribes as whoever is signed in, and reads again after a sign-in', async () => {
    const client = createClient(store.server.url, store.server.anonKey, { auth: { persistSession: false } })
    await client.auth.signUp({ email: 'carol@example.com', password: 'correct horse battery staple' })
    const inbox = new Inbox<Lists>()
    const stop = client.subscribe<Lists>(myLists, {
      next: (data) => inbox.push(data),
      error: (errors) => expect.unreachable(JSON.stringify(errors)),
    })
    expect((await inbox.next()).list).toEqual([])
    await client.graphql(addList, { name: "carol's" })
    await inbox.until(({ list }) => list.some(({ name }) => name === "carol's"))
    // The stream is opened again, as somebody else.
    await client.auth.signInWithPassword({ email: 'ada@example.com', password: 'correct horse battery staple' })
    const asAda = await inbox.until(({ list }) => list.every(({ name }) => name !== "carol's"))
    expect(asAda.list).toEqual((await client.graphql<Lists>('{ list(order_by: {name: asc}) { name } }')).data?.list)
    stop()
  })
})

describe('server-sent events', () => {
  it('work with graphql-sse', async () => {
    const client = createSseClient({ url: store.server.graphqlUrl, headers: headersFor(store, bob), retryAttempts: 0 })
    const inbox = new Inbox<Lists>()
    const stop = client.subscribe<Lists>(
      { query: myLists },
      { next: (result) => inbox.push(result.data), error: () => undefined, complete: () => undefined },
    )
    await inbox.next()
    await urqlFor(bob, socketOf(bob)).mutation(addList, { name: 'seen as an event' }).toPromise()
    await inbox.until(({ list }) => list.some(({ name }) => name === 'seen as an event'))
    stop()
    client.dispose()
  })
})

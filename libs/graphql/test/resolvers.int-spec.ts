import 'reflect-metadata'
import { type CanActivate, ConflictException, type ExecutionContext, Inject, Injectable, Module, UseGuards } from '@nestjs/common'
import {
  Args,
  Context,
  Field,
  GqlExecutionContext,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Root,
} from '@nestjs/graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Principal } from '#libs/identity'
import { userOne } from './music.ts'
import { ServedApp } from './served-app.ts'

/** Tests are built without decorator metadata; an application's compiler writes it. */
const takes = (...types: readonly unknown[]) => Reflect.metadata('design:paramtypes', types)

@ObjectType()
class Weather {
  @Field(() => String)
  town!: string
  @Field(() => Int)
  degrees!: number
}

@InputType()
class TownInput {
  @Field(() => String)
  name!: string
}

/** Named like a table: it cannot be in the same schema. */
@ObjectType('track')
class OtherTrack {
  @Field(() => String)
  name!: string
}

@Injectable()
class Calls {
  readonly made: string[] = []
}

@Injectable()
class SignedIn implements CanActivate {
  canActivate(host: ExecutionContext): boolean {
    return GqlExecutionContext.create(host).getContext<{ principal: Principal }>().principal.authenticated
  }
}

@Resolver(() => Weather)
class WeatherResolver {
  constructor(@Inject(Calls) private readonly calls: Calls) {}

  @takes(Array)
  @Query(() => Weather, { description: 'Not in the database' })
  weather(@Args('towns', { type: () => [TownInput] }) towns: TownInput[]): Partial<Weather> {
    this.calls.made.push('weather')
    return { town: towns.map(({ name }) => name).join('+') }
  }

  @takes(Weather)
  @ResolveField(() => Int)
  degrees(@Root() { town }: Weather): number {
    if (town === 'broken') throw new Error('a secret of the server')
    return town.length
  }

  @Query(() => OtherTrack)
  other_track(): OtherTrack {
    return { name: 'never' }
  }
}

@Resolver()
class AccountResolver {
  constructor(@Inject(Calls) private readonly calls: Calls) {}

  @takes(Object)
  @Query(() => String)
  @UseGuards(SignedIn)
  who(@Context() { principal, req }: { principal: Principal; req: { headers: Record<string, string> } }): string {
    return `${principal.userId} from ${req.headers['x-app']}`
  }

  @takes(Number)
  @Mutation(() => Int)
  charge(@Args('cents', { type: () => Int }) cents: number): number {
    this.calls.made.push(`charge ${cents}`)
    if (cents < 0) throw new ConflictException('no such charge')
    return cents
  }
}

@Module({ providers: [Calls, SignedIn, WeatherResolver, AccountResolver] })
class AppResolversModule {}

const { user, service } = ServedApp.headers

describe('an application’s own resolvers on the endpoint', () => {
  let served: ServedApp
  let calls: Calls
  beforeAll(async () => {
    served = await ServedApp.start({ imports: [AppResolversModule] })
    calls = served.app.get(Calls, { strict: false })
  })
  afterAll(() => served[Symbol.asyncDispose]())
  beforeEach(() => void calls.made.splice(0))
  const data = async (query: string, headers: Record<string, string> = {}, variables?: object) => {
    const { body } = await served.post({ query, variables }, headers)
    expect(body.errors, JSON.stringify(body)).toBeUndefined()
    return body.data
  }

  it('are answered alone, with variables, fragments and aliases', async () => {
    const query =
      'query ($name: String!) { here: weather(towns: [{name: $name}, {name: "x"}]) { ...w } } fragment w on Weather { __typename d: degrees town }'
    for (const name of ['Rome', 'Oslo', 'Rome'])
      expect(await data(query, {}, { name })).toEqual({ here: { __typename: 'Weather', d: name.length + 2, town: `${name}+x` } })
    expect(calls.made).toEqual(['weather', 'weather', 'weather'])
  })

  it('stand among the database’s fields in the order of the document', async () => {
    const query =
      'query ($id: Int!, $t: [TownInput!]!) { a: artist_by_pk(id: $id) { name } w: weather(towns: $t) { town } ...rest } fragment rest on query_root { b: artist(order_by: {id: asc}, limit: 1) { id } }'
    for (let i = 0; i < 3; i++) {
      const { body } = await served.post({ query, variables: { id: 2, t: [{ name: `n${i}` }] } })
      expect(JSON.stringify(body.data)).toBe(`{"a":{"name":"Bach"},"w":{"town":"n${i}"},"b":[{"id":1}]}`)
    }
  })

  it('know who asks, and their guards decide', async () => {
    const headers = { ...user, 'x-app': 'mine' }
    expect(await data('{ who }', headers)).toEqual({ who: `${userOne} from mine` })
    const refused = await served.post({ query: '{ who artist { id } }' }, { accept: 'application/graphql-response+json' })
    expect([refused.status, refused.body.errors]).toEqual([
      403,
      [{ message: 'Forbidden resource', extensions: { path: '$.selectionSet.who', code: 'access-denied' } }],
    ])
  })

  it('are validated and introspected like any other field, by every role', async () => {
    expect(await served.refusal({ query: '{ weather { town } }' })).toEqual(["missing required field 'towns'", 'validation-failed'])
    expect(await served.refusal({ query: '{ weather(towns: []) { nope } }' })).toEqual([
      "field 'nope' not found in type: 'Weather'",
      'validation-failed',
    ])
    const query =
      '{ __type(name: "Weather") { fields { name } } __schema { queryType { fields { name } } mutationType { fields { name } } } }'
    for (const headers of [{}, user, service]) {
      const { __type, __schema } = await data(query, headers)
      expect(__type.fields).toEqual([{ name: 'town' }, { name: 'degrees' }])
      const names = __schema.queryType.fields.map(({ name }: { name: string }) => name)
      expect(names).toEqual(expect.arrayContaining(['artist', 'weather', 'who']))
      expect(names).not.toEqual(expect.arrayContaining(['plinth_no_resolvers']))
      expect(__schema.mutationType.fields.map(({ name }: { name: string }) => name)).toContain('charge')
    }
    expect((await served.refusal({ query: '{ plinth_no_resolvers }' }))[1]).toBe('validation-failed')
  })

  it('whose types are named like a table’s are left out', async () => {
    expect(await served.refusal({ query: '{ other_track { name } }' })).toEqual([
      "field 'other_track' not found in type: 'query_root'",
      'validation-failed',
    ])
  })

  it('run in their order after the database has committed, and not at all when it refuses', async () => {
    const query = 'mutation ($n: String!) { one: charge(cents: 1) insert_artist_one(object: {name: $n}) { name } two: charge(cents: 2) }'
    const { body } = await served.post({ query, variables: { n: 'Nina' } }, user)
    expect(JSON.stringify(body)).toBe('{"data":{"one":1,"insert_artist_one":{"name":"Nina"},"two":2}}')
    expect(calls.made).toEqual(['charge 1', 'charge 2'])
    calls.made.splice(0)
    expect((await served.refusal({ query, variables: { n: 'Nina' } }, user))[1]).toBe('constraint-violation')
    expect(calls.made).toEqual([])
    expect(await data('mutation { charge(cents: 5) }')).toEqual({ charge: 5 })
    const failed = await served.post({ query: 'mutation { insert_artist_one(object: {name: "Kate"}) { name } charge(cents: -1) }' }, user)
    expect(failed.body.errors).toEqual([{ message: 'no such charge', extensions: { path: '$.selectionSet.charge', code: 'conflict' } }])
    expect((await data('{ artist(where: {name: {_eq: "Kate"}}) { name } }')).artist).toHaveLength(1)
  })

  it('what goes wrong inside is not told', async () => {
    const { body } = await served.post({ query: '{ weather(towns: [{name: "broken"}]) { degrees } }' })
    expect(body.errors[0].extensions).toEqual({ path: '$.selectionSet.weather.selectionSet.degrees', code: 'unexpected' })
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  it('count towards the limits', async () => {
    await served.settings.patch('graphql', { depthMax: 1 })
    expect((await served.refusal({ query: '{ album { artist { id } } }' }, service))[0]).toMatch(/at most 1/)
    expect(await data('{ weather(towns: []) { town } }')).toEqual({ weather: { town: '' } })
    await served.settings.patch('graphql', { depthMax: null })
  })
})

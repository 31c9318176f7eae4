import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Music, user } from './music.ts'

describe('nested updates', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  it('change parents, children and what they point to in one transaction', async () => {
    const answer = await music.ask(
      `mutation { update_album(where: {title: {_eq: "Highway to Hell"}}, _set: {title: "Renamed"}, _related: {
        track: {
          delete: {name: {_eq: "Touch Too Much"}}
          update: [{where: {seconds: {_gt: 200}}, _inc: {seconds: 10}}, {_set: {name: "The only one"}}]
          insert: {data: [{name: "x", seconds: 1}, {name: "y", seconds: 2}]}
        }
        artist: {update: [{_set: {name: "ACDC"}}]}
        producer: {insert: {data: {name: "Mutt"}}}
      }) { affected_rows returning { title artist { name } producer { name } track(order_by: {id: asc}) { name seconds } } } }`,
      {},
      user,
    )
    expect(answer.update_album).toEqual({
      affected_rows: 8,
      returning: [
        {
          title: 'Renamed',
          artist: { name: 'ACDC' },
          producer: { name: 'Mutt' },
          track: [
            { name: 'The only one', seconds: 218 },
            { name: 'x', seconds: 1 },
            { name: 'y', seconds: 2 },
          ],
        },
      ],
    })
  })
})

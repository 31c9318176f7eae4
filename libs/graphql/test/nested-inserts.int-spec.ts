import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Music, user, userOne } from './music.ts'

describe('nested inserts', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  const album = `mutation ($rows: [album_insert_input!]!) {
    insert_album(objects: $rows) { affected_rows returning { title artist { name } track(order_by: {name: asc}) { name } } }
  }`

  it('put parents in first and children afterwards, and count every row', async () => {
    const rows = [
      {
        title: 'One',
        owner: userOne,
        artist: { data: { name: 'New artist' } },
        track: { data: [{ name: 'a', seconds: 1 }, { name: 'b', seconds: 2 }] },
      },
      { title: 'Two', owner: userOne, artist_id: 1, track: { data: { name: 'c', seconds: 3 } } },
      { title: 'Three', owner: userOne, artist_id: 2 },
    ]
    expect((await music.ask(album, { rows }, user)).insert_album).toEqual({
      affected_rows: 7,
      returning: [
        { title: 'One', artist: { name: 'New artist' }, track: [{ name: 'a' }, { name: 'b' }] },
        { title: 'Two', artist: { name: 'AC/DC' }, track: [{ name: 'c' }] },
        { title: 'Three', artist: { name: 'Bach' }, track: [] },
      ],
    })
  })
})

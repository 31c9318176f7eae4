import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Music, service, user } from './music.ts'

describe('mutations', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start()))
  afterAll(() => music[Symbol.asyncDispose]())

  it('are all undone when a later root field fails', async () => {
    const refusal = await music.refusal(`mutation {
      insert_folder_one(object: {id: 50, name: "x"}) { id }
      insert_album_one(object: {title: "t", artist_id: 999}) { id }
    }`)
    expect(refusal).toMatchObject({ code: 'constraint-violation', path: '$.selectionSet.insert_album_one.args.object' })
    expect(refusal.message).toMatch(/^Foreign key violation\. /)
    expect(await music.ask('{ folder_by_pk(id: 50) { id } }')).toEqual({ folder_by_pk: null })
  })

  it.each([
    ['mutation { insert_artist_one(object: {name: "Bach"}) { id } }', 'constraint-violation', /^Uniqueness violation\. /],
    ['mutation { insert_album_one(object: {artist_id: 1}) { id } }', 'constraint-violation', /^Not-NULL violation\. /],
    [
      'mutation { insert_track_one(object: {album_id: 1, name: "x", seconds: 0}) { id } }',
      'permission-error',
      /^Check constraint violation\. /,
    ],
    ['mutation { insert_folder_one(object: {id: "x"}) { id } }', 'data-exception', /invalid input syntax for type integer/],
    ['mutation { delete_artist(where: {id: {_eq: 1}}) { affected_rows } }', 'constraint-violation', /^Foreign key violation\. /],
  ])('report what the database refused: %s', async (query, code, message) => {
    const refusal = await music.refusal(query)
    expect(refusal.code).toBe(code)
    expect(refusal.message).toMatch(message)
  })

  it('change only rows that the policies show, and refuse rows that they forbid', async () => {
    const outsider = { ...user, claimsJson: '{"role":"authenticated","sub":"00000000-0000-4000-8000-000000000009"}' }
    expect(
      await music.ask(
        'mutation { update_album(where: {id: {_eq: 1}}, _set: {title: "stolen"}) { affected_rows returning { id } } }',
        {},
        outsider,
      ),
    ).toEqual({
      update_album: { affected_rows: 0, returning: [] },
    })
    expect(await music.ask('mutation { delete_album_by_pk(id: 1) { id } }', {}, outsider)).toEqual({ delete_album_by_pk: null })
    // Visible, but its new state would not be theirs.
    expect(
      (await music.refusal('mutation { update_album(where: {id: {_eq: 3}}, _set: {price: "1"}) { affected_rows } }', {}, outsider)).code,
    ).toBe('permission-error')
    const refusal = await music.refusal('mutation { insert_album(objects: [{title: "x", artist_id: 1}]) { affected_rows } }', {}, user)
    expect(refusal).toEqual({
      code: 'permission-error',
      message: 'check constraint of an insert/update permission has failed',
      path: '$.selectionSet.insert_album.args.objects',
    })
  })

  it('never take a missing variable for "no filter"', async () => {
    const before = await music.ask('{ track_aggregate { aggregate { count } } }')
    for (const [query, variables] of [
      ['mutation ($id: Int) { delete_track(where: {id: {_eq: $id}}) { affected_rows } }', {}],
      ['mutation ($id: Int) { delete_track(where: {id: {_eq: $id}}) { affected_rows } }', { id: null }],
      ['mutation ($by: Int_comparison_exp) { delete_track(where: {id: $by}) { affected_rows } }', {}],
      ['mutation ($by: track_bool_exp) { delete_track(where: {album: {track: $by}}) { affected_rows } }', {}],
      ['mutation ($all: [track_bool_exp!]) { delete_track(where: {_and: $all}) { affected_rows } }', {}],
      ['mutation ($w: track_bool_exp!) { delete_track(where: $w) { affected_rows } }', { w: { id: null } }],
      ['mutation ($w: track_bool_exp!) { delete_track(where: $w) { affected_rows } }', { w: null }],
    ] as const) {
      expect((await music.refusal(query, variables)).code, query).toBe('validation-failed')
    }
    expect(await music.ask('{ track_aggregate { aggregate { count } } }')).toEqual(before)
  })

  it('insert rows of different keys with defaults for what is absent, and null for null', async () => {
    const query =
      'mutation ($rows: [album_insert_input!]!) { insert_album(objects: $rows) { affected_rows returning { title price sold stars } } }'
    const rows = [
      { title: 'a', artist_id: 1, price: '1.25' },
      { title: 'b', artist_id: 1, stars: null },
      { title: 'c', artist_id: 1, sold: 7 },
    ]
    const inserted = await music.ask(query, { rows })
    expect(inserted.insert_album).toEqual({
      affected_rows: 3,
      returning: [
        { title: 'a', price: 1.25, sold: 0, stars: null },
        { title: 'b', price: 9.99, sold: 0, stars: null },
        { title: 'c', price: 9.99, sold: 7, stars: null },
      ],
    })
    expect((await music.ask(query, { rows: [] })).insert_album).toEqual({ affected_rows: 0, returning: [] })
    expect(
      (
        await music.ask(
          'mutation ($t: String, $x: numeric) { insert_album_one(object: {title: $t, artist_id: 2, price: $x}) { title price } }',
          { t: 'd' },
        )
      ).insert_album_one,
    ).toEqual({ title: 'd', price: 9.99 })
    const removed = await music.ask('mutation { delete_album(where: {title: {_in: ["a", "b", "c", "d"]}}) { affected_rows } }', {}, service)
    expect(removed.delete_album.affected_rows).toBe(4)
  })

  it('refuse updates that set nothing or one column twice', async () => {
    expect((await music.refusal('mutation { update_track(where: {}) { affected_rows } }')).message).toBe(
      'at least one update operator must be provided',
    )
    expect(await music.refusal('mutation { update_track(where: {}, _set: {id: 1}, _inc: {id: 1}) { affected_rows } }')).toEqual({
      code: 'validation-failed',
      message: "Column found in multiple operators: ['id'].",
      path: '$.selectionSet.update_track.args',
    })
  })
})

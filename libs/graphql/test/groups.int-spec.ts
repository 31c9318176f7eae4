import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anon, Music, user } from './music.ts'

const script = `
  create table team (id int primary key, name text not null, hidden text, level int);
  create table team_group (id int primary key, team_id int references team, label text not null);
  insert into team values (1, 'a', 'x', 1), (2, 'a', 'y', 2), (3, 'b', 'z', null), (4, 'b', 'z', null);
  insert into team_group values (1, 1, 'p'), (2, 1, 'q'), (3, 2, 'p');
  alter table team enable row level security;
  create policy first_two on team for select to anon using (id < 3);
  create policy all_of_them on team for select to authenticated using (true);
  grant select (id, name, level) on team to anon;
  grant select on team to authenticated;
  grant select on team_group to anon, authenticated;
`

describe('groups', () => {
  let music: Music
  beforeAll(async () => void (music = await Music.start({}, (database) => database.sql(script))))
  afterAll(() => music[Symbol.asyncDispose]())

  it('a table that is called like the groups of another keeps its name', async () => {
    const query =
      '{ team_group(where: {id: {_eq: 1}}) { __typename label } team_group_by(by: name, limit: 1, order_by: {key: {name: asc}}) { __typename key { __typename name } } }'
    expect(await music.ask(query, {}, user)).toEqual({
      team_group: [{ __typename: 'team_group', label: 'p' }],
      team_group_by: [{ __typename: 'team_rows_group', key: { __typename: 'team_rows_group_key', name: 'a' } }],
    })
    expect(
      await music.ask('{ team_group_group_by(by: label, order_by: {key: {label: asc}}) { key { label } aggregate { count } } }', {}, user),
    ).toEqual({
      team_group_group_by: [
        { key: { label: 'p' }, aggregate: { count: 2 } },
        { key: { label: 'q' }, aggregate: { count: 1 } },
      ],
    })
  })

  it('nulls are one group', async () => {
    expect(
      await music.ask(
        '{ team_group_by(by: level, having: {count: {predicate: {_gt: 1}}}) { key { level } aggregate { count } } }',
        {},
        user,
      ),
    ).toEqual({
      team_group_by: [{ key: { level: null }, aggregate: { count: 2 } }],
    })
  })

  it('rows that the caller may not see are in no group, and columns in no argument', async () => {
    expect(await music.ask('{ team_group_by(by: name) { key { name } aggregate { count max { id } } nodes { id } } }', {}, anon)).toEqual({
      team_group_by: [{ key: { name: 'a' }, aggregate: { count: 2, max: { id: 2 } }, nodes: [{ id: 1 }, { id: 2 }] }],
    })
    for (const query of [
      '{ team_group_by(by: hidden) { aggregate { count } } }',
      '{ team_group_by(by: name, having: {max: {hidden: {_gt: "x"}}}) { key { name } } }',
      '{ team_group_by(by: name, order_by: {aggregate: {max: {hidden: asc}}}) { key { name } } }',
      '{ team_group_by(by: name, having: {count: {arguments: [hidden], predicate: {_gt: 0}}}) { key { name } } }',
    ])
      expect((await music.refusal(query, {}, anon)).code, query).toBe('validation-failed')
  })

  it('the columns come out of variables', async () => {
    const query =
      'query ($by: [team_select_column!]!) { team_group_by(by: $by, order_by: {aggregate: {count: desc}}) { aggregate { count } } }'
    expect(await music.ask(query, { by: ['name', 'name'] }, user)).toEqual({
      team_group_by: [{ aggregate: { count: 2 } }, { aggregate: { count: 2 } }],
    })
    expect((await music.ask(query, { by: ['id', 'name'] }, user)).team_group_by).toHaveLength(4)
    expect((await music.refusal(query, { by: ['nothing'] }, user)).message).toMatch(
      /^expected one of the values \['id', 'name', 'hidden', 'level'\]/,
    )
  })
})

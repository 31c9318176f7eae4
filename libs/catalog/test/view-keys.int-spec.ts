import { describe, expect, it } from 'vitest'
import type { Catalog, ForeignKey } from '#libs/catalog'
import { isUnique, linksOfRelation, primaryKeyColumns } from '#libs/query'
import { loadedCatalog } from './loaded-catalog.ts'

const tables = `
  create table author (id int primary key, name text, email text unique);
  create table book (id int primary key, author_id int references author, title text);
  create table tag (id int primary key); create table book_tag (book_id int references book, tag_id int references tag, primary key (book_id, tag_id));`

const relation = (catalog: Catalog, name: string, schema = 'public') => catalog.findRelation(schema, name)!
const inherited = (catalog: Catalog, name: string) =>
  relation(catalog, name).inheritedKeys.map((key) => [key.name, key.primary, ...key.columns])
const shown = (key: ForeignKey) =>
  `${key.name}: ${key.source.name}(${key.columns.join()}) -> ${key.target.name}(${key.targetColumns.join()})`
const pointing = (catalog: Catalog, name: string) => relation(catalog, name).viewForeignKeys.map(shown).sort()
const pointedAt = (catalog: Catalog, name: string) => relation(catalog, name).viewReferencedBy.map(shown).sort()

describe('keys of views', () => {
  it('go by the columns shown unchanged, under the view’s names, through joins, views, CTEs and sub-queries', async () => {
    await using test = await loadedCatalog(`${tables}
      create view renamed as select id as "the \\ {key}", email as mail, author_id from author join book using (id);
      create view over_view as select "the \\ {key}" as k from renamed;
      create view joined as select b.id as book, a.id as author, b.title from book b left join author a on a.id = b.author_id;
      create view within as with w as (select * from book where title > 'a') select x.id, x.author_id from (select * from w) x;
      create materialized view kept as select distinct on (author_id) * from book order by author_id, id;
      create view safe with (security_invoker) as select id, title from book where id > 0 group by id`)
    const { catalog } = test
    expect(inherited(catalog, 'renamed')).toEqual([
      ['author_pkey', true, 'the \\ {key}'],
      ['author_email_key', false, 'mail'],
    ])
    expect(inherited(catalog, 'over_view')).toEqual([['author_pkey', true, 'k']])
    expect(inherited(catalog, 'joined')).toEqual([
      ['book_pkey', true, 'book'],
      ['author_pkey', true, 'author'],
    ])
    expect(primaryKeyColumns(relation(catalog, 'joined'))).toEqual(['book', 'author'])
    for (const name of ['within', 'kept', 'safe']) expect(inherited(catalog, name), name).toEqual([['book_pkey', true, 'id']])
    expect(relation(catalog, 'book').inheritedKeys).toEqual([])
    expect(pointing(catalog, 'kept')).toContain('book_author_id_fkey: kept(author_id) -> author(id)')
  })

  it('do not count expressions, casts, aggregates, functions, constants, or columns of one branch of a union', async () => {
    await using test = await loadedCatalog(`${tables}
      create view expression as select id + 0 as id, author_id::bigint as author_id, '{TARGETENTRY :resno 9 :resorigtbl 1' as c, title from book;
      create view aggregated as select max(id) as id, count(*) as n from book;
      create view sub_select as select (select id from author limit 1) as id, (select array_agg(id) from book) as all_of_them;
      create view union_view as select id, author_id from book union all select id, author_id from book;
      create view from_function as select n as id from generate_series(1, 2) n;
      create view partly as select book_id from book_tag`)
    const { catalog } = test
    for (const name of ['expression', 'aggregated', 'sub_select', 'union_view', 'from_function', 'partly'])
      expect([name, inherited(catalog, name)]).toEqual([name, []])
    for (const name of ['expression', 'aggregated', 'sub_select', 'union_view']) expect([name, pointing(catalog, name)]).toEqual([name, []])
    expect(pointing(catalog, 'partly')).toEqual(['book_tag_book_id_fkey: partly(book_id) -> book(id)'])
  })

  it('join tables to views, views to tables and views to views, seen from both sides as one key', async () => {
    await using test = await loadedCatalog(`${tables}
      create view authors as select id as author, name from author; create view books as select id, author_id as by from book`)
    const { catalog } = test
    expect(pointing(catalog, 'books')).toEqual([
      'book_author_id_fkey: books(by) -> author(id)',
      'book_author_id_fkey: books(by) -> authors(author)',
    ])
    expect(pointing(catalog, 'book')).toEqual(['book_author_id_fkey: book(author_id) -> authors(author)'])
    expect(pointedAt(catalog, 'authors')).toEqual([
      'book_author_id_fkey: book(author_id) -> authors(author)',
      'book_author_id_fkey: books(by) -> authors(author)',
    ])
    expect(pointedAt(catalog, 'author')).toEqual(['book_author_id_fkey: books(by) -> author(id)'])
    expect(pointedAt(catalog, 'books')).toEqual(['book_tag_book_id_fkey: book_tag(book_id) -> books(id)'])
    const key = relation(catalog, 'books').viewForeignKeys.find(({ target }) => target.name === 'authors')!
    expect(relation(catalog, 'authors').viewReferencedBy).toContain(key)
    expect(relation(catalog, 'book').foreignKeys.map(shown)).toEqual(['book_author_id_fkey: book(author_id) -> author(id)'])
  })

  it('reach through tables and views of schemas that are not exposed, which do not appear themselves', async () => {
    await using test = await loadedCatalog(
      `create schema hidden; create schema api;
       create table hidden.actor (id int primary key); create table hidden.role (id int primary key, actor_id int references hidden.actor);
       create view hidden.between as select id as k, actor_id from hidden.role;
       create view api.actors as select id as actor from hidden.actor; create view api.roles as select k as role, actor_id as played_by from hidden.between`,
      { schemas: ['api'] },
    )
    const { catalog } = test
    expect([...catalog.relations.keys()]).toEqual(['api.actors', 'api.roles'])
    const roles = relation(catalog, 'roles', 'api')
    expect(roles.viewForeignKeys.map(shown)).toEqual(['role_actor_id_fkey: roles(played_by) -> actors(actor)'])
    expect(roles.inheritedKeys).toEqual([{ name: 'role_pkey', primary: true, columns: ['role'] }])
  })

  it('come once for each way to choose among columns shown twice, and name rows by the first', async () => {
    await using test = await loadedCatalog(
      `${tables} create view twice as select id as a, id as b, author_id as x, author_id as y from book`,
    )
    expect(inherited(test.catalog, 'twice')).toEqual([
      ['book_pkey', true, 'a'],
      ['book_pkey', false, 'b'],
    ])
    expect(pointing(test.catalog, 'twice')).toEqual([
      'book_author_id_fkey: twice(x) -> author(id)',
      'book_author_id_fkey: twice(y) -> author(id)',
    ])
  })

  it('follow a view that is replaced', async () => {
    await using test = await loadedCatalog(`${tables} create view v as select id, author_id from book`)
    await test.db.superuserSql('create or replace view v as select author_id as id, author_id from book')
    const catalog = await test.service.reload()
    expect(inherited(catalog, 'v')).toEqual([])
    expect(pointing(catalog, 'v')).toContain('book_author_id_fkey: v(id) -> author(id)')
  })
})

describe('links', () => {
  it('know one-to-one, many-to-many and computed relationships of views as of tables', async () => {
    await using test = await loadedCatalog(`${tables}
      create table profile (author_id int primary key references author); create view profiles as select author_id as whose from profile;
      create view authors as select id as author from author; create view books as select * from book; create view tags as select id as tag from tag;
      create view joints as select book_id as b, tag_id as t from book_tag;
      create function best(authors) returns setof books rows 1 language sql as $$ select * from books $$;
      create function tag(books) returns setof tag language sql as $$ select * from tag $$`)
    const links = (name: string) =>
      linksOfRelation(relation(test.catalog, name)).map((link) =>
        [link.target.name, link.cardinality, link.through?.relation.name ?? (link.function === undefined ? '' : 'computed')]
          .join(' ')
          .trim(),
      )
    expect(links('authors').sort()).toEqual(['book to_many', 'books to_many', 'books to_one computed', 'profile to_one', 'profiles to_one'])
    // The function of that name stands for the table; the view of it is still found.
    expect(
      links('books')
        .filter((link) => link.startsWith('tag'))
        .sort(),
    ).toEqual(['tag to_many computed', 'tags to_many book_tag', 'tags to_many joints'])
    expect(links('book').filter((link) => link.startsWith('tag'))).toHaveLength(4)
    expect(isUnique(relation(test.catalog, 'profiles'), ['whose'])).toBe(true)
  })
})

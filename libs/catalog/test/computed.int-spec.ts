import { describe, expect, it } from 'vitest'
import { loadedCatalog } from './loaded-catalog.ts'

const tables = `
  create schema extras; create schema other;
  create table person (id int primary key, name text, taken text); create table pet (id int primary key, owner int);`

describe('functions over a row', () => {
  it('that return a value are columns, with named and unnamed arguments, and stay callable', async () => {
    await using test = await loadedCatalog(`${tables}
      create function shout(person) returns text language sql stable as $$ select upper($1.name) $$; comment on function shout is 'loud';
      create function initials(p person, out text) language sql as $$ select left(p.name, 1) $$;
      create function taken(person) returns text language sql as $$ select 'hidden' $$;
      create function tags(person) returns setof text language sql as $$ select 'a' $$;
      create function nothing(person) returns void language sql as $$ select $$;
      create function two(person, int) returns int language sql as $$ select 1 $$`)
    const person = test.catalog.findRelation('public', 'person')!
    expect([...person.computedColumns.keys()].sort()).toEqual(['initials', 'shout'])
    expect(person.computedColumns.get('shout')).toMatchObject({ kind: 'computed', type: { name: 'text' }, comment: 'loud' })
    expect(person.computedRelationships).toEqual([])
    const [shout] = test.catalog.functions.get('public.shout')!
    expect(shout!.arguments).toMatchObject([{ name: '', type: { name: 'person' } }])
    expect(person.computedColumns.get('shout')!.function).toBe(shout)
  })

  it('that return rows of a relation are relationships, to one or to many', async () => {
    await using test = await loadedCatalog(`${tables}
      create view animals as select * from pet;
      create function pets(person) returns setof pet language sql stable as $$ select * from pet where owner = $1.id $$;
      create function animals_of(person) returns setof animals language sql as $$ select * from animals $$;
      create function first_pet(person) returns setof pet rows 1 language sql as $$ select * from pet limit 1 $$;
      create function one_pet(person) returns pet language sql as $$ select * from pet limit 1 $$;
      create function keeper(pet) returns setof person rows 1 language sql as $$ select * from person $$;
      create function owner_of(animals) returns setof person rows 1 language sql as $$ select * from person $$`)
    const of = (name: string) =>
      test.catalog
        .findRelation('public', name)!
        .computedRelationships.map((each) => [each.name, each.target.name, each.cardinality])
        .sort()
    expect(of('person')).toEqual([
      ['animals_of', 'animals', 'to_many'],
      ['first_pet', 'pet', 'to_one'],
      ['one_pet', 'pet', 'to_one'],
      ['pets', 'pet', 'to_many'],
    ])
    expect([of('pet'), of('animals')]).toEqual([[['keeper', 'person', 'to_one']], [['owner_of', 'person', 'to_one']]])
    expect(test.catalog.functions.get('public.pets')![0]!.rowsEstimate).toBe(1000)
  })

  it('are told apart by their argument when overloaded', async () => {
    await using test = await loadedCatalog(`${tables}
      create function label(person) returns text language sql as $$ select 'person' $$;
      create function label(pet) returns int language sql as $$ select 1 $$;
      create function label(text) returns text language sql as $$ select $1 $$`)
    const label = (name: string) => test.catalog.findRelation('public', name)!.computedColumns.get('label')!
    expect([label('person').type.name, label('pet').type.name]).toEqual(['text', 'int4'])
    expect(label('pet').function).not.toBe(label('person').function)
    expect(test.catalog.functions.get('public.label')).toHaveLength(3)
  })

  it('come from the own schema first, then from the extra search path, never from elsewhere, and only the exposed ones are callable', async () => {
    const functions = `${tables}
      create function extras.a(person) returns text language sql as $$ select 'extras' $$;
      create function public.a(person) returns int language sql as $$ select 1 $$;
      create function extras.b(person) returns text language sql as $$ select 'extras' $$;
      create function other.c(person) returns text language sql as $$ select 'other' $$;
      create function extras.d(text) returns text language sql as $$ select $1 $$`
    await using test = await loadedCatalog(functions, { schemas: ['public', 'other'], extraSearchPath: ['extras'] })
    const columns = test.catalog.findRelation('public', 'person')!.computedColumns
    expect([...columns.values()].map(({ name, type, function: { schema } }) => [name, schema, type.name]).sort()).toEqual([
      ['a', 'public', 'int4'],
      ['b', 'extras', 'text'],
    ])
    expect([...test.catalog.functions.keys()].sort()).toEqual(['other.c', 'public.a'])
  })

  it('keep the settings that they are declared with', async () => {
    await using test = await loadedCatalog(`
      create function slow() returns int language sql set statement_timeout = '7s' set work_mem = '9MB' as $$ select 1 $$;
      create function plain() returns int language sql as $$ select 1 $$`)
    const settings = (name: string) => [...test.catalog.functions.get(`public.${name}`)![0]!.settings]
    expect(settings('slow')).toEqual([
      ['statement_timeout', '7s'],
      ['work_mem', '9MB'],
    ])
    expect(settings('plain')).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import type { Catalog, Column, DataType, ForeignKey, Key, Relation } from '#libs/catalog'
import { relationNames, scalarName } from './names.ts'
import { relationshipNames } from './relationship-names.ts'
import { primaryKeyOf } from './view-keys.ts'

const int: DataType = { oid: 23, schema: 'pg_catalog', name: 'int4', formatted: 'integer', kind: 'base', category: 'N' }

function table(name: string, columns: string[], schema = 'public', more: Partial<Relation> = {}): Relation {
  const made = columns.map((column, i): Column => ({
    name: column,
    position: i + 1,
    type: int,
    nullable: true,
    hasDefault: false,
    generated: 'no',
    defaultExpression: null,
    comment: null,
  }))
  return {
    oid: 0,
    schema,
    name,
    kind: 'table',
    comment: null,
    columns: made,
    columnsByName: new Map(made.map((column) => [column.name, column])),
    primaryKey: null,
    uniqueKeys: [],
    foreignKeys: [],
    referencedBy: [],
    inheritedKeys: [],
    viewForeignKeys: [],
    viewReferencedBy: [],
    computedColumns: new Map(),
    computedRelationships: [],
    rowSecurity: { enabled: false, forced: false },
    securityInvoker: true,
    insertable: true,
    updatable: true,
    deletable: true,
    replicaIdentity: 'd',
    privilegesOf: () => ({ select: new Set(), insert: new Set(), update: new Set(), delete: false }),
    ...more,
  }
}

/** A table whose comment gives it a name. */
const called = (given: string, name: string, columns: string[] = ['id'], schema = 'public') =>
  table(name, columns, schema, { comment: `@graphql({"name": "${given}"})` })

function reference(source: Relation, columns: string[], target: Relation, unique = false, comment: string | null = null): void {
  const foreignKey: ForeignKey = { name: 'fk', source, columns, target, targetColumns: ['id'], comment }
  ;(source.foreignKeys as ForeignKey[]).push(foreignKey)
  ;(target.referencedBy as ForeignKey[]).push(foreignKey)
  if (unique) (source.uniqueKeys as Key[]).push({ name: 'u', columns, primary: false })
}

function named(...relations: Relation[]): ReadonlyMap<Relation, string> {
  const catalog = {
    schemas: ['public', 'shop'],
    functions: new Map(),
    enumValues: new Map(),
    relations: new Map(relations.map((each) => [`${each.schema}.${each.name}`, each])),
  }
  return relationNames(catalog as unknown as Catalog)
}

const of = (relation: Relation, names: ReadonlyMap<Relation, string>) => relationshipNames(relation, names).map(({ name }) => name)

describe('names of tables', () => {
  it('are their own in the default schema and carry the schema elsewhere', () => {
    expect([...named(table('item', ['id']), table('item', ['id'], 'shop'), table('x y', ['id'])).values()]).toEqual(['item', 'shop_item'])
  })
  it('give way to scalars and to types made for another table', () => {
    const names = named(
      table('Int', ['id']),
      table('track', ['id']),
      table('track_aggregate', ['id']),
      table('order_by', ['id']),
      table('my_order_by', ['id']),
    )
    expect([...names.values()].sort()).toEqual(['my_order_by', 'public_Int', 'public_order_by', 'public_track_aggregate', 'track'])
  })
})

describe('names of tables by their comments', () => {
  it('hold in every schema', () => {
    expect([...named(called('Item', 'item'), called('Stock', 'item', ['id'], 'shop')).values()]).toEqual(['Item', 'Stock'])
  })
  it('are not taken from others, and may be exchanged', () => {
    expect([...named(called('b', 'a'), table('b', ['id'])).values()]).toEqual(['a', 'b'])
    expect([...named(called('x', 'a'), called('x', 'b')).values()]).toEqual(['x', 'b'])
    expect([...named(called('b', 'a'), called('a', 'b')).values()]).toEqual(['b', 'a'])
    expect([...named(called('shop_a', 'b'), table('a', ['id'], 'shop')).values()]).toEqual(['b', 'shop_a'])
  })
  it.each(['Int', 'order_by', 'query_root', 'Int_comparison_exp', 'track_bool_exp', 'cursor_ordering', 'PageInfo', 'no name', '__x'])(
    'have no effect where the schema has the name itself: %s',
    (given) => {
      expect([...named(table('track', ['id']), called(given, 'item')).values()].sort()).toEqual(['item', 'track'])
    },
  )
  it('make types of their own, from which others keep away', () => {
    const names = named(
      called('Song', 'track'),
      table('Song_bool_exp', ['id']),
      table('Song_avg_fields', ['id']),
      table('Song_group', ['id']),
    )
    expect([...names.values()].sort()).toEqual(['Song', 'Song_group', 'public_Song_avg_fields', 'public_Song_bool_exp'])
  })
})

describe('names of relationships by comments', () => {
  const comment = (json: Record<string, string>) => `@graphql(${JSON.stringify(json)})`
  it('are foreign_name where the foreign key is, and local_name where it points', () => {
    const [person, post] = [table('person', ['id']), table('post', ['id', 'author_id', 'editor_id'])]
    reference(post, ['author_id'], person, false, comment({ foreign_name: 'writer', local_name: 'posts' }))
    reference(post, ['editor_id'], person)
    const names = named(person, post)
    expect(of(post, names)).toEqual(['writer', 'editor'])
    // Only one is left that is called by rule, so its name is the short one.
    expect(of(person, names)).toEqual(['posts', 'post'])
  })
  it('have no effect where a column has the name, and come before names by rule', () => {
    const [person, post] = [table('person', ['id', 'posts']), table('post', ['id', 'author_id', 'editor_id', 'title'])]
    reference(post, ['author_id'], person, false, comment({ foreign_name: 'title', local_name: 'posts' }))
    reference(post, ['editor_id'], person, false, comment({ foreign_name: 'author', local_name: 'post' }))
    const names = named(person, post)
    expect(of(post, names)).toEqual(['author_by_author_id', 'author'])
    expect(of(person, names)).toEqual(['post_by_author_id', 'post'])
  })
  it('leave a view that shows the table the way to the other table', () => {
    const [person, post] = [table('person', ['id']), table('post', ['id', 'author_id'])]
    reference(post, ['author_id'], person, false, comment({ foreign_name: 'writer', local_name: 'posts' }))
    const recent = table('recent', ['id', 'author_id'], 'public', { kind: 'view' })
    const seen: ForeignKey = { ...post.foreignKeys[0]!, source: recent }
    ;(recent.viewForeignKeys as ForeignKey[]).push(seen)
    ;(person.viewReferencedBy as ForeignKey[]).push(seen)
    const names = named(person, post, recent)
    expect(of(recent, names)).toEqual(['writer'])
    expect(of(person, names)).toEqual(['posts', 'recent'])
  })
})

describe('relationships of views', () => {
  const view = (name: string, columns: string[], changes: boolean, more: Partial<Relation> = {}) =>
    table(name, columns, 'public', { kind: 'view', insertable: changes, updatable: changes, deletable: changes, ...more })
  const key = (columns: string[]): Key => ({ name: 'k', columns, primary: true })
  it('never take a name from those of tables', () => {
    const [person, post] = [table('person', ['id']), table('post', ['id', 'person_id'])]
    reference(post, ['person_id'], person)
    const people = view('people', ['id'], true, { inheritedKeys: [key(['id'])] })
    const seen: ForeignKey = { ...post.foreignKeys[0]!, target: people }
    ;(post.viewForeignKeys as ForeignKey[]).push(seen)
    ;(people.viewReferencedBy as ForeignKey[]).push(seen)
    const names = named(person, post, people)
    expect(of(post, names)).toEqual(['person', 'people'])
    expect(of(people, names)).toEqual(['post'])
    expect(primaryKeyOf(people)).toEqual(key(['id']))
  })
  it('are not offered where the view may show a row many times', () => {
    const [person, post] = [table('person', ['id']), table('post', ['id', 'person_id'])]
    reference(post, ['person_id'], person)
    // Of a join: nothing says that `id` is unique in it.
    const joined = view('joined', ['id', 'title'], false, { inheritedKeys: [key(['id'])] })
    const seen: ForeignKey = { ...post.foreignKeys[0]!, target: joined }
    ;(post.viewForeignKeys as ForeignKey[]).push(seen)
    ;(joined.viewReferencedBy as ForeignKey[]).push(seen)
    const names = named(person, post, joined)
    expect(of(post, names)).toEqual(['person'])
    expect(of(joined, names)).toEqual([])
    expect(primaryKeyOf(joined)).toBeNull()
  })
  it('are what the comment says, and then nothing else for the same columns', () => {
    const [person, post] = [table('person', ['id']), table('post', ['id', 'person_id'])]
    reference(post, ['person_id'], person)
    const recent = view('recent', ['id', 'person_id'], false)
    const seen: ForeignKey = { ...post.foreignKeys[0]!, source: recent }
    const declared = { ...seen, comment: null, foreignName: 'who', localName: undefined }
    ;(recent.viewForeignKeys as ForeignKey[]).push(seen)
    ;(person.viewReferencedBy as ForeignKey[]).push(seen)
    const said = { ...recent, declared: { primaryKey: key(['id']), foreignKeys: [{ ...declared }], referencedBy: [] } }
    expect(of(said, named(person, post, said))).toEqual(['who'])
    expect(primaryKeyOf(said)).toEqual(key(['id']))
  })
})

describe('names of relationships', () => {
  it('are the column without _id, and the name of the referencing table', () => {
    const [artist, album, badge] = [table('artist', ['id']), table('album', ['id', 'artist_id']), table('badge', ['id', 'artistId'])]
    reference(album, ['artist_id'], artist)
    reference(badge, ['artistId'], artist, true)
    const names = named(artist, album, badge)
    expect(of(album, names)).toEqual(['artist'])
    expect(of(badge, names)).toEqual(['artist'])
    expect(of(artist, names)).toEqual(['album', 'badge'])
  })
  it('carry the column where two would be called the same, or like a column', () => {
    const [person, message, pet] = [
      table('person', ['id']),
      table('message', ['id', 'sender_id', 'recipient_id', 'sender']),
      table('pet', ['id', 'owned_by', 'fed_by']),
    ]
    reference(message, ['sender_id'], person)
    reference(message, ['recipient_id'], person)
    reference(pet, ['owned_by'], person)
    reference(pet, ['fed_by'], person)
    const names = named(person, message, pet)
    expect(of(message, names)).toEqual(['sender_by_sender_id', 'recipient'])
    expect(of(person, names)).toEqual(['message_by_sender_id', 'message_by_recipient_id', 'pet_by_owned_by', 'pet_by_fed_by'])
    expect(of(pet, names)).toEqual(['person_by_owned_by', 'person_by_fed_by'])
  })
  it('keep both ways of a table that refers to itself apart', () => {
    const [employee, folder] = [table('employee', ['id', 'reports_to']), table('folder', ['id', 'parent_id'])]
    reference(employee, ['reports_to'], employee)
    reference(folder, ['parent_id'], folder)
    const names = named(employee, folder)
    expect(of(employee, names)).toEqual(['employee', 'employee_by_reports_to'])
    expect(of(folder, names)).toEqual(['parent', 'folder'])
  })
  it('leave out what points to a table that is not exposed', () => {
    const [hidden, album] = [table('users', ['id'], 'auth'), table('album', ['id', 'user_id'])]
    reference(album, ['user_id'], hidden)
    expect(of(album, named(album, hidden))).toEqual([])
  })
})

it("scalars are Hasura's names, a domain is its base type and an array its element", () => {
  const type = (name: string, more: Partial<DataType> = {}): DataType => ({ ...int, name, ...more })
  expect(['int4', 'int8', 'int2', 'float4', 'float8', 'varchar', 'bool', 'uuid'].map((name) => scalarName(type(name)))).toEqual([
    'Int',
    'bigint',
    'smallint',
    'Float',
    'float8',
    'String',
    'Boolean',
    'uuid',
  ])
  expect(scalarName(type('rating', { kind: 'domain', base: type('_text', { kind: 'array', base: type('text') }) }))).toBe('String')
})

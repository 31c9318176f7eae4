import { describe, expect, it } from 'vitest'
import type { Catalog, Column, DataType, ForeignKey, Key, Relation } from '#libs/catalog'
import { relationNames, scalarName } from './names.ts'
import { relationshipNames } from './relationship-names.ts'

const int: DataType = { oid: 23, schema: 'pg_catalog', name: 'int4', formatted: 'integer', kind: 'base', category: 'N' }

function table(name: string, columns: string[], schema = 'public'): Relation {
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
  }
}

function reference(source: Relation, columns: string[], target: Relation, unique = false): void {
  const foreignKey: ForeignKey = { name: 'fk', source, columns, target, targetColumns: ['id'], comment: null }
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

import { describe, expect, it } from 'vitest'
import type { Column, DataType } from '#libs/catalog'
import { literalDefault, shownDefault } from './default-value.ts'

const typeOf = (name: string, more: Partial<DataType> = {}): DataType => {
  return { oid: 1, schema: 'pg_catalog', name, formatted: name, kind: 'base', category: 'S', ...more }
}
const columnOf = (type: DataType, defaultExpression: string | null): Column => {
  return {
    name: 'c',
    position: 1,
    type,
    nullable: true,
    hasDefault: defaultExpression !== null,
    generated: 'no',
    defaultExpression,
    comment: null,
  }
}

describe('the default of a column', () => {
  const cases: readonly (readonly [type: DataType, expression: string | null, literal: unknown, shown: unknown])[] = [
    [typeOf('text'), "'draft'::text", 'draft', 'draft'],
    [typeOf('text'), "'it''s'::text", "it's", "it's"],
    [typeOf('text'), "''::text", '', ''],
    [typeOf('varchar'), "'a'::character varying(10)", 'a', 'a'],
    [typeOf('mood', { kind: 'enum' }), `'so so'::"My Schema".mood`, 'so so', 'so so'],
    [typeOf('text'), "('a'::text || 'b'::text)", undefined, "('a'::text || 'b'::text)"],
    [typeOf('text'), 'NULL::character varying', undefined, undefined],
    [typeOf('timestamptz'), 'now()', undefined, 'now()'],
    [typeOf('date'), "'1900-01-01'::date", '1900-01-01', '1900-01-01'],
    [typeOf('int4'), '42', 42, 42],
    [typeOf('int4'), "'-1'::integer", -1, -1],
    [typeOf('numeric'), '(-1.5)', -1.5, -1.5],
    [typeOf('numeric'), "'NaN'::numeric", undefined, undefined],
    [typeOf('int8'), "nextval('t_id_seq'::regclass)", undefined, undefined],
    [typeOf('bool'), 'false', false, false],
    [typeOf('jsonb'), "'{}'::jsonb", undefined, undefined],
    [typeOf('_text', { kind: 'array' }), "'{}'::text[]", undefined, undefined],
    [typeOf('code', { kind: 'domain', base: typeOf('int4') }), '7', 7, 7],
    [typeOf('text'), null, undefined, undefined],
  ]
  for (const [type, expression, literal, shown] of cases) {
    it(`${type.name} ${expression}`, () => {
      const column = columnOf(type, expression)
      expect([literalDefault(column), shownDefault(column)]).toEqual([literal, shown])
    })
  }
})

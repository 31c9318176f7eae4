import { describe, expect, it } from 'vitest'
import type { Catalog, DatabaseFunction, DataType } from '#libs/catalog'
import { fault, refusal } from '../../test/refusal.ts'
import { chooseFunction, isArgumentOf } from './functions.ts'

function typeNamed(name: string): DataType {
  return { oid: 1, schema: 'pg_catalog', name, formatted: name, kind: 'base', category: 'S' }
}

/** `a text, b int default, variadic c text[]` as `['a:text', 'b:int=', '*c:_text']`. */
function functionOf(name: string, args: readonly string[], comment: string | null = null): DatabaseFunction {
  return {
    schema: 'api',
    name,
    comment,
    arguments: args.map((text) => {
      const [, variadic, argument, type, optional] = /^(\*?)(\w*):(\w+)(=?)$/.exec(text)!
      return { name: argument!, type: typeNamed(type!), mode: variadic === '*' ? 'variadic' : 'in', hasDefault: optional === '=' }
    }),
  } as unknown as DatabaseFunction
}

function catalogOf(...functions: readonly DatabaseFunction[]): Catalog {
  const byName = new Map<string, DatabaseFunction[]>()
  for (const fn of functions) byName.set(`api.${fn.name}`, [...(byName.get(`api.${fn.name}`) ?? []), fn])
  return { functions: byName } as unknown as Catalog
}

describe('the function of a call', () => {
  const none = functionOf('f', [])
  const one = functionOf('f', ['a:int'])
  const two = functionOf('f', ['a:int', 'b:int='])
  const json = functionOf('f', [':json'])
  const text = functionOf('f', [':text'])
  const many = functionOf('g', ['*words:_text'])
  const choose = (overloads: readonly DatabaseFunction[], given: readonly string[], unnamedBody?: 'json' | 'text' | 'bytea' | 'xml') =>
    chooseFunction(catalogOf(...overloads), 'api', overloads[0]!.name, given, { unnamedBody })

  it('has exactly the given arguments, but for defaults', () => {
    expect(choose([none, one], [])).toBe(none)
    expect(choose([none, one], ['a'])).toBe(one)
    expect(choose([none, two], ['b', 'a'])).toBe(two)
    expect(choose([many], ['words'])).toBe(many)
    expect(refusal(() => choose([many], [])).code).toBe('PGRST202')
    expect(refusal(() => choose([one], ['a', 'b'])).code).toBe('PGRST202')
  })

  it('takes the whole body only when no named arguments fit, and by the type of the body', () => {
    expect(choose([json, one], ['a'], 'json')).toBe(one)
    expect(choose([json, one], ['x', 'y'], 'json')).toBe(json)
    expect(choose([json, text, none], [], 'text')).toBe(text)
    expect(choose([json, none], [], 'json')).toBe(none)
    expect(refusal(() => choose([json], ['x'])).code).toBe('PGRST202')
    expect(refusal(() => choose([none], [], 'bytea')).code).toBe('PGRST202')
  })

  it('is not guessed when two fit: they are listed, fewer arguments first', () => {
    expect(fault(() => choose([two, one], ['a']))).toEqual({
      message: 'Could not choose the best candidate function between: api.f(a => int), api.f(a => int, b => int)',
      details: null,
    })
    expect(refusal(() => choose([json, functionOf('f', [':jsonb'])], ['x'], 'json')).code).toBe('PGRST203')
  })

  it('that does not exist is named with what was searched and what may have been meant', () => {
    const catalog = catalogOf(
      functionOf('test', ['val:int', 'param:int', 'name:int']),
      functionOf('test', ['id:int', 'attr:int']),
      functionOf('another', []),
    )
    const miss = (name: string, given: readonly string[], unnamedBody?: 'json' | 'xml') => {
      const error = refusal(() => chooseFunction(catalog, 'api', name, given, { unnamedBody }))
      return { ...fault(() => chooseFunction(catalog, 'api', name, given, { unnamedBody })), hint: error.hint }
    }
    expect(miss('testt', ['val', 'param', 'name'], 'json')).toEqual({
      message: 'Could not find the function api.testt(name, param, val) in the schema cache',
      details:
        'Searched for the function api.testt with parameters name, param, val or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.',
      hint: 'Perhaps you meant to call the function api.test',
    })
    expect(miss('noclosealternative', []).hint).toBeUndefined()
    expect(miss('test', ['vall', 'pqaram', 'nam']).hint).toBe('Perhaps you meant to call the function api.test(name, param, val)')
    expect(miss('test', ['id', 'attrs']).hint).toBe('Perhaps you meant to call the function api.test(attr, id)')
    expect(miss('test', ['noclosealternative']).hint).toBeUndefined()
    expect(miss('testt', [], 'xml')).toEqual({
      message: 'Could not find the function api.testt in the schema cache',
      details: 'Searched for the function api.testt with a single unnamed xml parameter, but no matches were found in the schema cache.',
      hint: undefined,
    })
  })

  it('knows its arguments by name, and no nameless ones', () => {
    const isArgument = isArgumentOf(catalogOf(two, json), 'api', 'f')
    expect(['a', 'b', 'c', ''].map(isArgument)).toEqual([true, true, false, false])
  })
})

import { expect, it } from 'vitest'
import { ComponentNames } from './component-names.ts'

it('gives names that the format allows, each to one thing', () => {
  const names = new ComponentNames()
  expect(names.of('schemas', 'todos', 'insert')).toBe('todos.insert')
  expect(names.of('schemas', 'odd name')).toBe('odd_name')
  expect(names.of('schemas', 'odd/name')).toBe('odd_name_2')
  expect(names.of('schemas', 'odd name')).toBe('odd_name')
  expect(names.of('schemas', 'todos.insert')).toBe('todos.insert_2')
  expect(names.of('parameters', 'todos.insert')).toBe('todos.insert')
  expect(names.of('schemas', 'Größe')).toBe('Gr__e')
  expect(names.ref('schemas', 'odd/name')).toEqual({ $ref: '#/components/schemas/odd_name_2' })
})

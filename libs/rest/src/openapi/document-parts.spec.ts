import { expect, it } from 'vitest'
import { writeDocument } from './document-parts.ts'

it('fills sections part by part, behind their fixed entries', async () => {
  const text = await writeDocument({
    head: { version: '1', left: undefined, paths: { '/': {} }, components: { schemas: { Error: 1 }, headers: { A: 2 } } },
    sections: ['paths', 'components.schemas', 'components.parameters'],
    parts: [
      { paths: { '/a': { get: 1 } }, 'components.schemas': { a: 1 } },
      { paths: {}, 'components.parameters': { 'p"': 'x' } },
      { 'components.schemas': { b: undefined, c: 3 } },
    ],
  })
  expect(JSON.parse(text)).toEqual({
    version: '1',
    paths: { '/': {}, '/a': { get: 1 } },
    components: { headers: { A: 2 }, schemas: { Error: 1, a: 1, c: 3 }, parameters: { 'p"': 'x' } },
  })
})

it('lets others have their turn while it writes', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  function* parts() {
    for (let i = 0; i < 40; i++) {
      const end = performance.now() + 2
      while (performance.now() < end);
      yield { paths: { [`/${i}`]: i } }
    }
  }
  const text = await writeDocument({ head: {}, sections: ['paths'], parts: parts() })
  clearInterval(timer)
  expect(Object.keys(JSON.parse(text).paths)).toHaveLength(40)
  expect(turns).toBeGreaterThanOrEqual(3)
})

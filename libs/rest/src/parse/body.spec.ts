import { describe, expect, it } from 'vitest'
import { AppError } from '#libs/kernel'
import { Random, seedOfRun } from '../../../query/test/property/random.ts'
import { bodyShape, bodyText, type MemberForm, memberText, readBody, type RequestBody } from './body.ts'
import { JsonScanner, NotJson } from './body-json.ts'

const rows = { isCall: false, hasColumns: false }
const columns = { isCall: false, hasColumns: true }
const call = { isCall: true, hasColumns: false }

function read(text: string, use = rows, type?: string): RequestBody {
  const body = readBody(Buffer.from(text), type, use)
  if (body instanceof Promise) throw new TypeError('a short body is read at once')
  return body
}

async function refusal(work: () => unknown): Promise<AppError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('JSON bodies', () => {
  it('stay the text they were', () => {
    const body = read(' [ {"a": 1.00, "b": "}"} ] ')
    expect(body).toMatchObject({ keys: ['a', 'b'], rowCount: 1, isArray: true })
    expect(bodyText(body, 'object')).toBe('{"a": 1.00, "b": "}"}')
    expect(bodyText(body, 'rows')).toBe(' [ {"a": 1.00, "b": "}"} ] ')
    expect(bodyText(read('{"a":1}'), 'rows')).toBe('[{"a":1}]')
  })

  it.each([
    '',
    '1',
    '"a"',
    'null',
    '{',
    '{"a":1}{',
    '[{"a":1}',
    '{"a":01}',
    '{"a":"\n"}',
    '{a:1}',
    '{"a":1,}',
    '[,]',
    '\u00A0{}',
    '{"a":"\\x"}',
  ])('refuses %j', async (text) => {
    expect(await refusal(() => read(text))).toMatchObject({ code: 'PGRST102', message: 'Empty or invalid json' })
  })

  it.each(['[1]', '[null]', '[[]]', '[{"a":1},2]', '[{"a":1},{"b":1}]', '[{"a":1},{}]', '[{},{"a":1}]', '[{"a":1,"a":2},{"a":1,"b":2}]'])(
    'refuses %j as rows',
    async (text) => {
      expect(await refusal(() => read(text))).toMatchObject({ code: 'PGRST102', message: 'All object keys must match' })
    },
  )

  it('takes uneven rows when columns are named, and keys in any order or spelling always', () => {
    expect(read('[{"a":1},{"b":1}]', columns)).toMatchObject({ rowCount: 2 })
    expect(read('[{"a":1,"b":2},{"b":1,"\\u0061":2},{"a":1,"b":1,"a":2}]')).toMatchObject({ keys: ['a', 'b'], rowCount: 3 })
    expect(read('[{"__proto__":1},{"__proto__":2}]')).toMatchObject({ keys: ['__proto__'] })
  })

  it('have limits of depth and of keys', async () => {
    expect((await refusal(() => read(`{"a":${'['.repeat(300)}${']'.repeat(300)}}`))).code).toBe('too_complex')
    expect(read(`{"a":"${'['.repeat(300)}\\""}`)).toMatchObject({ rowCount: 1 })
    const keys = Array.from({ length: 1_601 }, (_, i) => `"k${i}":1`).join(',')
    expect((await refusal(() => read(`{${keys}}`))).code).toBe('too_complex')
    expect(read(`{"a":{${keys}}}`)).toMatchObject({ keys: ['a'] })
  })

  it('are read in pieces when they are long', async () => {
    const text = JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `name ${i}`, 'a "key"': null })))
    const body = readBody(Buffer.from(text), undefined, rows)
    expect(body).toBeInstanceOf(Promise)
    expect(await body).toMatchObject({ rowCount: 20_000, keys: ['id', 'name', 'a "key"'] })
    expect((await refusal(() => readBody(Buffer.from(text.slice(0, -1)), undefined, rows))).code).toBe('PGRST102')
  })

  it('are any JSON for a function, and no body is no argument', () => {
    expect(read('', call)).toMatchObject({ rowCount: 1, keys: [], isRows: true })
    expect(read('[1, [2]]', call)).toMatchObject({ isRows: false, rowCount: 2 })
    expect(bodyText(read('"x"', call), 'whole')).toBe('"x"')
    expect(bodyShape(read('"x"', call))).not.toBe(bodyShape(read('{}', call)))
  })
})

describe('the JSON scanner', () => {
  it('accepts what JSON.parse accepts, and finds the same keys', () => {
    const seed = seedOfRun()
    const random = new Random(seed)
    for (let run = 0; run < 20_000; run++) {
      const text = randomText(random)
      expect(scanned(text, 1 + random.below(20)), `seed ${seed}: ${text}`).toEqual(parsed(text))
    }
  })
})

const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"b"', '"', '\\', '1', '-', '0.5e1', 'true', 'null', 'nul', ' ', '\t', '\\u00', 'é']
const names = ['a', 'b', 'c', '"', 'é', '__proto__', '7']

/** Garbage made of JSON's pieces, rows, or rows with one character changed. */
function randomText(random: Random): string {
  if (random.below(3) === 0) return Array.from({ length: random.below(12) }, () => pieces[random.below(pieces.length)]).join('')
  const text = JSON.stringify(
    random.below(5) === 0 ? randomValue(random, 2) : Array.from({ length: random.below(5) }, () => randomValue(random, 2, 9)),
  )
  if (random.below(2) === 0) return text
  const at = random.below(text.length)
  return text.slice(0, at) + ['', ',', '}', '"', 'x', '\\', ' '][random.below(7)] + text.slice(at + random.below(2))
}

function randomValue(random: Random, depth: number, kind = random.below(depth === 0 ? 6 : 10)): unknown {
  if (kind < 6) return [null, true, random.below(1000) / 8, -1e-7 * random.below(9), 'text', '\u0000\n"\\é😀'][kind]
  if (kind === 6) return Array.from({ length: random.below(3) }, () => randomValue(random, depth - 1))
  // Few names in nearly the same order, so that rows often have equal keys.
  const keys = names.slice(random.below(2), 2 + random.below(3))
  return Object.fromEntries((random.below(4) === 0 ? keys.toReversed() : keys).map((key) => [key, randomValue(random, depth - 1)]))
}

function scanned(text: string, piece: number): unknown {
  const scanner = new JsonScanner(text)
  try {
    for (let limit = piece; !scanner.advance(limit); limit += piece);
  } catch (error) {
    if (error instanceof NotJson) return 'no json'
    throw error
  }
  const { keys, isUniform, members, ...rest } = scanner.result()
  const row = members && Object.fromEntries(keys.map((key, i) => [key, JSON.parse(members[i]!) as unknown]))
  return rest.isRows ? { ...rest, isUniform, keys: [...keys].toSorted(), row } : rest
}

/** What a plain reading of the value says. */
function parsed(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'no json'
  }
  const isArray = Array.isArray(value)
  const elements = isArray ? (value as unknown[]) : [value]
  const isRows = elements.every((item) => item !== null && typeof item === 'object' && !Array.isArray(item))
  if (!isRows) return { isArray, isRows, rowCount: elements.length }
  const sets = elements.map((item) => Object.keys(item as object).toSorted())
  const isUniform = sets.every((set) => JSON.stringify(set) === JSON.stringify(sets[0]))
  const row = elements.length === 1 ? Object.fromEntries(Object.entries(elements[0] as object)) : undefined
  return { isArray, isRows, rowCount: elements.length, isUniform, keys: sets[0] ?? [], row }
}

describe('the values of one row', () => {
  const texts = (text: string, form: MemberForm = 'text', use = rows) => {
    const body = read(text, use)
    return body.keys.map((_, place) => memberText(body, place, form))
  }

  it('are what Postgres reads: text without its quotes, everything else as it is written', () => {
    expect(texts('{"a": "x\\n\\"y\\u00e9", "b" : 1.00 ,"c":null,"d":true,"e":{"f" : [1]},"g":""}')).toEqual([
      'x\n"yé',
      '1.00',
      null,
      'true',
      '{"f" : [1]}',
      '',
    ])
    expect(texts('[ {"a": 12345678901234567890.10} ]')).toEqual(['12345678901234567890.10'])
    expect(texts('{"a": "x", "b": null, "c": [1 , 2], "d": "\\u0041"}', 'json')).toEqual(['"x"', null, '[1 , 2]', '"A"'])
    expect(texts('{"a": [1 , null]}', { key: 'b"c' })).toEqual(['{"b\\"c":[1 , null]}'])
  })

  it('the last one of a key counts', () => {
    expect(texts('{"a": 1, "b": 2, "a": [3]}')).toEqual(['[3]', '2'])
  })

  it.each(['[{"a":1},{"a":2}]', '[]', '{"a":"\\u0000"}', '{"a":"\\uD83D\\uDE00"}', `{"a":"${'x'.repeat(300_000)}"}`])(
    'are not taken of %.30s',
    async (text) => {
      expect(await readBody(Buffer.from(text), undefined, rows)).toMatchObject({ kind: 'json', members: undefined })
      expect(await readBody(Buffer.from(text), undefined, call)).toMatchObject({ kind: 'json', members: undefined })
    },
  )

  it('make another shape', () => {
    expect(bodyShape(read('{"a":1}'))).toBe(bodyShape(read('[{"a":"x"}]')))
    expect(bodyShape(read('{"a":1}'))).not.toBe(bodyShape(read('{"a":"\\u0000"}')))
  })
})

describe('other bodies', () => {
  it('CSV: the first line names the columns; NULL is null, "NULL" a word', async () => {
    const text = 'a,"b ""x"""\r\n1,NULL\n"NULL","two\nlines"\n\n,é'
    const body = await readBody(Buffer.from(text), 'text/csv; charset=utf-8', rows)
    expect(body).toMatchObject({ kind: 'json', rowCount: 3, keys: ['a', 'b "x"'] })
    expect(JSON.parse(bodyText(body, 'rows'))).toEqual([
      { a: '1', 'b "x"': null },
      { a: 'NULL', 'b "x"': 'two\nlines' },
      { a: '', 'b "x"': 'é' },
    ])
  })

  it('CSV: uneven lines, an open quote and nothing at all are refused; a header alone is no row', async () => {
    const refused = (text: string) => refusal(() => readBody(Buffer.from(text), 'text/csv', rows))
    expect((await refused('a,b\n1')).message).toBe('All lines must have same number of fields')
    expect((await refused('a,b\n1,2,3')).message).toBe('All lines must have same number of fields')
    expect(await refused('a\n"1')).toMatchObject({ code: 'PGRST102', message: 'Invalid CSV' })
    expect(await refused('a\nb"c')).toMatchObject({ code: 'PGRST102', message: 'Invalid CSV' })
    expect((await refused('')).code).toBe('PGRST102')
    expect(await readBody(Buffer.from('a,b\n'), 'text/csv', rows)).toMatchObject({ rowCount: 0, keys: ['a', 'b'] })
  })

  it('CSV of many lines is read in pieces', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},"name, ${i}"`)
    expect(await readBody(Buffer.from(['id,name', ...lines].join('\n')), 'text/csv', rows)).toMatchObject({ rowCount: 30_000 })
  })

  it('CSV that would become much more JSON than it is, or has more columns than a table, is refused', async () => {
    const named = `${'n'.repeat(1_000_000)}\n${'1\n'.repeat(1_000)}`
    expect((await refusal(() => readBody(Buffer.from(named), 'text/csv', rows))).message).toMatch(/more than 100000000 characters/)
    expect((await refusal(() => readBody(Buffer.from(','.repeat(1_000_000)), 'text/csv', rows))).message).toMatch(/more than 1600 columns/)
  })

  it('CSV leaves other work its turn', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await readBody(Buffer.from(',\n'.repeat(500_000)), 'text/csv', rows)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  it('forms: one row of text, or arguments', () => {
    expect(bodyText(read('a=1&b=x+y%26&c', rows, 'application/x-www-form-urlencoded'), 'rows')).toBe('[{"a":"1","b":"x y&","c":""}]')
    expect(read('v=1&v=2', call, 'application/x-www-form-urlencoded')).toMatchObject({
      keys: ['v'],
      fields: [
        ['v', '1'],
        ['v', '2'],
      ],
    })
  })

  it('bytes and text are for functions only', async () => {
    expect(readBody(Buffer.from([0, 255]), 'application/octet-stream', call)).toMatchObject({ type: 'bytea', text: '\\x00ff' })
    expect(read('a b', call, 'text/plain; charset=utf-8')).toMatchObject({ type: 'text', text: 'a b' })
    expect((await refusal(() => read('a b', rows, 'text/plain'))).message).toBe('Content-Type not acceptable: text/plain')
    expect((await refusal(() => read('a', call, 'image/png'))).code).toBe('PGRST102')
    expect((await refusal(() => readBody(Buffer.from([34, 255, 34]), undefined, call))).message).toBe('The body is not UTF-8')
  })
})

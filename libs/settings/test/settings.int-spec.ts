import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import { defineSettings, SettingsService, type SettingsOptions } from '../src/index.ts'

const mail = defineSettings(
  'mail',
  z.strictObject({
    enabled: z.boolean().default(true).describe('Whether mail is sent.'),
    limits: z
      .strictObject({ perHour: z.number().int().min(1).default(30), perDay: z.number().int().min(1).default(100) })
      .prefault({})
      .describe('How many.'),
  }),
)

describe('SettingsService', () => {
  let db: TestDatabase
  const services: SettingsService[] = []
  const open = async (options: Partial<SettingsOptions> = {}) => {
    const service = await SettingsService.open(db.platform, { areas: [mail], ...options })
    services.push(service)
    return service
  }
  beforeAll(async () => {
    db = await createTestDatabase()
  })
  afterAll(async () => {
    for (const service of services) service.onModuleDestroy()
    await db[Symbol.asyncDispose]()
  })

  it('refuses a faulty seed with all its faults and without its values', async () => {
    const seed = '{"enabled":"s3cret","limits":{"perHour":0},"enabeld":true}'
    const error = await open({ seeds: { mail: seed } }).catch((caught: Error) => caught)
    expect(error).toMatchObject({
      code: 'seed_invalid',
      message: expect.stringMatching(/MAIL.*enabled: .*limits\.perHour: .*enabeld: is not a setting/),
    })
    expect((error as Error).message).not.toContain('s3cret')
    expect(await open({ seeds: { mail: '{' } }).catch((caught: Error) => caught)).toMatchObject({ code: 'seed_invalid' })
  })

  it('takes the seed at first start only, and fills in defaults', async () => {
    const first = await open({ seeds: { mail: '{"limits":{"perHour":5}}' } })
    expect(first.get(mail)).toEqual({ enabled: true, limits: { perHour: 5, perDay: 100 } })
    const second = await open({ seeds: { mail: '{"limits":{"perHour":7}}' } })
    expect(second.get(mail).limits.perHour).toBe(5)
  })

  it('changes by merge patch, tells listeners on every node, and null sets a default back', async () => {
    const [here, there] = [await open(), await open({ reloadMs: 50 })]
    const heardHere: unknown[] = []
    const heardThere = new Promise((resolve) => there.onChange(mail, resolve))
    here.onChange(mail, (values) => heardHere.push(values))
    await here.patch('mail', { limits: { perDay: 9 } })
    const expected = { enabled: true, limits: { perHour: 5, perDay: 9 } }
    expect(here.get(mail)).toEqual(expected)
    expect(heardHere).toEqual([expected])
    expect(await heardThere).toEqual(expected)
    await here.patch('mail', { limits: { perHour: null } })
    expect(here.get(mail).limits).toEqual({ perHour: 30, perDay: 9 })
  })

  it('stores only what differs from the defaults', async () => {
    expect(await db.sql(`select values from plinth.settings where area = 'mail'`)).toMatchObject([{ values: { limits: { perDay: 9 } } }])
  })

  it('changes nothing when one field is wrong, and names every fault', async () => {
    const service = await open()
    const before = service.get(mail)
    const error = await service
      .patch('mail', { enabled: false, limits: { perHour: 0, perDay: 'x' }, nope: 1 })
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'settings_invalid', status: 400 })
    expect((error as { extra: { faults: { path: string }[] } }).extra.faults.map((fault) => fault.path)).toEqual([
      'limits.perHour',
      'limits.perDay',
      'nope',
    ])
    expect(service.get(mail)).toBe(before)
    await expect(service.patch('mail', [])).rejects.toMatchObject({ code: 'settings_invalid' })
    await expect(service.patch('mial', {})).rejects.toMatchObject({ code: 'area_unknown', status: 404 })
  })

  it('gives frozen values', async () => {
    const { limits } = (await open()).get(mail)
    expect(() => ((limits as { perHour: number }).perHour = 1)).toThrow(TypeError)
  })

  it('keeps changes that two nodes make at the same time', async () => {
    const [one, two] = [await open(), await open()]
    await Promise.all([one.patch('mail', { enabled: false }), two.patch('mail', { limits: { perHour: 3 } })])
    await one.reload()
    expect(one.get(mail)).toMatchObject({ enabled: false, limits: { perHour: 3 } })
  })

  it('describes an area as JSON Schema with descriptions and defaults', async () => {
    expect((await open()).describe('mail')).toMatchObject({
      area: 'mail',
      schema: {
        type: 'object',
        additionalProperties: false,
        properties: { enabled: { type: 'boolean', default: true, description: 'Whether mail is sent.' } },
      },
    })
  })

  it('starts with the default where a stored value fits no more', async () => {
    await db.sql(`update plinth.settings set values = '{"enabled":"maybe","limits":{"perDay":4}}' where area = 'mail'`)
    expect((await open()).get(mail)).toEqual({ enabled: true, limits: { perHour: 30, perDay: 4 } })
  })
})

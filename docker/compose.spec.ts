import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configurationSlices } from '../apps/server/src/configuration.ts'

interface Service {
  readonly image?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly healthcheck?: unknown
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}
const folder = import.meta.dirname
const text = readFileSync(join(folder, 'compose.yaml'), 'utf8')
const compose = parse(text) as { readonly services: Readonly<Record<string, Service>> }
const references = [...text.replaceAll('$$', '').matchAll(/\$\{(\w+)(:[-?])?/g)].map((match) => ({
  name: match[1]!,
  guarded: match[2] !== undefined,
}))

describe('docker/compose.yaml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const schemaPath = join(dirname(createRequire(import.meta.url).resolve('dclint/package.json')), 'schemas/compose.schema.json')
    const schema = JSON.parse(readFileSync(schemaPath, 'utf8')) as Record<string, unknown>
    delete schema.$schema
    const ajv = new Ajv({ strict: false, allErrors: true, formats: { duration: true, subnet_ip_address: true } })
    const validate = ajv.compile(schema)
    expect(validate(compose) ? [] : validate.errors).toEqual([])
    expect(validate({ services: { broken: { image: 7 } } })).toBe(false)
  })

  it('gives the server only variables of the configuration reference', () => {
    const known = new Set(Object.values(configurationSlices).flatMap((slice) => Object.keys(slice.schema.shape)))
    const given = Object.keys(compose.services.plinth?.environment ?? {})
    expect(given.length).toBeGreaterThan(5)
    expect(given.filter((name) => !known.has(name))).toEqual([])
  })

  it('pins every image and holds no secret', () => {
    for (const [name, service] of Object.entries(compose.services)) expect(service.image, name).toMatch(/:[\w.-]*\d[\w.-]*$/)
    expect(references.filter((each) => !each.guarded)).toEqual([])
    const secretNames = /(PASSWORD|SECRET|_KEY|ROOT_USER)$/
    for (const service of Object.values(compose.services))
      for (const [name, value] of Object.entries(service.environment ?? {}))
        if (secretNames.test(name)) expect(value, name).toMatch(/^\$\{/)
  })

  it('opens nothing beyond loopback and waits for healthy services', () => {
    for (const service of Object.values(compose.services)) for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    for (const [name, { condition }] of Object.entries(compose.services.plinth?.depends_on ?? {})) {
      expect(condition).toBe('service_healthy')
      expect(compose.services[name]?.healthcheck, name).toBeDefined()
    }
  })
})

describe('docker/make-env.sh', () => {
  let copy: string
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'plinth-docker-'))
    cpSync(join(folder, 'make-env.sh'), join(copy, 'make-env.sh'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))
  const run = (): Record<string, string> => {
    execFileSync('sh', [join(copy, 'make-env.sh')])
    const lines = readFileSync(join(copy, '.env'), 'utf8')
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
    return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]))
  }

  it('writes every variable that compose.yaml needs, privately, with secrets of at least 32 characters, once', () => {
    const first = run()
    expect(references.map((each) => each.name).filter((name) => !(name in first))).toEqual([])
    for (const name of ['POSTGRES_PASSWORD', 'PLINTH_JWT_SECRET', 'MINIO_ROOT_PASSWORD', 'REDIS_PASSWORD'])
      expect(first[name]!.length, name).toBeGreaterThanOrEqual(32)
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length)
    expect(statSync(join(copy, '.env')).mode & 0o777).toBe(0o600)
    expect(run()).toEqual(first)
  })
})

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { booleanText, ConfigError, defineConfig, integerText, listText, readConfig, urlText } from './config.ts'

const server = defineConfig(
  'Server',
  z.object({
    PLINTH_PORT: integerText(1, 65535).default(8000).describe('port'),
    PLINTH_SITE_URL: urlText(['http:', 'https:']).optional().describe('site'),
    PLINTH_API_SCHEMAS: listText().default(['public']).describe('schemas'),
    PLINTH_API_PLAN: booleanText().default(false).describe('plan'),
    PLINTH_API_ANON_ROLE: z.string().default('anon').describe('role'),
  }),
)
const read = (environment: Record<string, string>) => readConfig({ server }, environment).server

describe('readConfig', () => {
  it('fills defaults for what is not set or empty', () => {
    expect(read({ PLINTH_PORT: '' })).toEqual({
      PLINTH_PORT: 8000,
      PLINTH_API_SCHEMAS: ['public'],
      PLINTH_API_PLAN: false,
      PLINTH_API_ANON_ROLE: 'anon',
    })
  })

  it('keeps an empty value where empty means none', () => {
    expect(read({ PLINTH_API_ANON_ROLE: '' }).PLINTH_API_ANON_ROLE).toBe('')
  })

  it('reports every fault at once, by name and reason, and never a value', () => {
    const error = catchError(() => read({ PLINTH_PORT: 'hunter2', PLINTH_SITE_URL: 'ftp://secret', PLINTH_API_PLAN: 'yes' }))
    expect(error.faults).toEqual([
      { variable: 'PLINTH_PORT', reason: 'must be a whole number' },
      { variable: 'PLINTH_SITE_URL', reason: 'must be a URL that starts with http:// or https://' },
      { variable: 'PLINTH_API_PLAN', reason: 'must be true or false' },
    ])
    expect(error.message).not.toMatch(/hunter2|secret|yes/)
  })

  it('reports a misspelt variable with the nearest name', () => {
    expect(catchError(() => read({ PLINTH_PROT: '1' })).faults).toEqual([
      { variable: 'PLINTH_PROT', reason: 'is not a setting of Plinth; did you mean PLINTH_PORT?' },
    ])
  })

  it('ignores variables of others and splits lists', () => {
    expect(read({ PATH: '/bin', PLINTH_API_SCHEMAS: 'public, shop,' }).PLINTH_API_SCHEMAS).toEqual(['public', 'shop'])
  })
})

function catchError(run: () => unknown): ConfigError {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

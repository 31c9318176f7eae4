// What the layers below refuse, in PostgREST's codes and words (PGRST0xx): states of the connection that no request can bring about.
import { describe, expect, it } from 'vitest'
import { catalogErrors } from '#libs/catalog'
import { postgresErrors } from '#libs/postgres'
import { renderError } from '../src/serve/error-body.ts'

function rendered(error: unknown) {
  const { status, body } = renderError(error, false)
  return { status, ...(JSON.parse(body) as { code: string; message: string }) }
}

describe('errors of the connection', () => {
  it('a database that cannot be reached is PGRST000', () => {
    expect(rendered(postgresErrors.unavailable())).toMatchObject({ status: 503, code: 'PGRST000', message: 'Database connection error.' })
  })
  it('a schema that was not read yet is PGRST002', () => {
    expect(rendered(catalogErrors.not_loaded())).toMatchObject({ status: 503, code: 'PGRST002' })
  })
  it('a pool without a free connection is PGRST003', () => {
    expect(rendered(postgresErrors.pool_timeout())).toMatchObject({
      status: 504,
      code: 'PGRST003',
      message: 'Timed out acquiring connection from connection pool.',
    })
  })
})

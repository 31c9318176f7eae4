import type { TestProject } from 'vitest/node'
import { provideRestServer } from './rest-server.ts'

export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideRestServer(project, { database: 'embedded Postgres 18', noPostgis: 'the embedded Postgres has no PostGIS' })
}

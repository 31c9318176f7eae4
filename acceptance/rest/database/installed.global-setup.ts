import type { TestProject } from 'vitest/node'
import { findInstalledPostgres, startThrowAwayCluster } from './installed-postgres.ts'
import { provideRestServer } from './rest-server.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const installed = findInstalledPostgres()
  if (typeof installed === 'string') throw new Error(installed)
  const cluster = await startThrowAwayCluster(installed)
  try {
    const stop = await provideRestServer(project, {
      database: `installed Postgres ${installed.major}`,
      noPostgis: cluster.postgis.installed ? null : cluster.postgis.reason,
      external: cluster,
    })
    return async () => {
      await stop()
      await cluster.stop()
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

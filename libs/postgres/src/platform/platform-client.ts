// The typed Prisma client over the platform's own schemas. Its first use costs most of a second and some 30 MB, so it
// is loaded when asked for, and never stands in the way of a request.
import type { PrismaClient } from '../prisma-client/client.ts'

/** The generated client (`npx prisma generate`). */
export type PlatformClient = PrismaClient

/**
 * Opens a Prisma client on the platform's schemas, for reads and writes of low frequency (settings, owners, audit).
 * `url`: login plinth_owner. End it with `$disconnect()`.
 */
export async function openPlatformClient(url: string): Promise<PlatformClient> {
  const [{ PrismaClient }, { PrismaPg }] = await Promise.all([import('../prisma-client/client.ts'), import('@prisma/adapter-pg')])
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 2 }) })
}

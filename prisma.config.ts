// Configuration of Prisma's CLI for developers: `npx prisma migrate dev|deploy|diff|status`, `npx prisma generate`.
// The server needs none of it: it applies prisma/migrations itself at start (libs/postgres/src/migrate).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'prisma/config'

// Prisma would download a native schema engine; ours runs the WebAssembly build from npm, so no network is needed.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('./prisma/schema-engine.mjs', import.meta.url))

/** The database of the Plinth that runs in this checkout. */
function embeddedDatabaseUrl(): string | undefined {
  const folder = process.env['PLINTH_DATA_DIR'] ?? '.plinth'
  try {
    const { port } = JSON.parse(readFileSync(join(folder, 'postgres', 'embedded.json'), 'utf8')) as { port: number }
    const secrets = JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>
    return `postgresql://postgres:${secrets['postgres_superuser']}@127.0.0.1:${port}/plinth`
  } catch {
    return undefined
  }
}

const url = new URL(
  process.env['PLINTH_DATABASE_DIRECT_URL'] ??
    process.env['PLINTH_DATABASE_URL'] ??
    embeddedDatabaseUrl() ??
    // Enough for the commands that need no database (generate, validate, format).
    'postgresql://postgres@127.0.0.1:5432/plinth',
)
// Where _prisma_migrations lives: never in `public`, which the API exposes.
url.searchParams.set('schema', 'plinth')

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: url.toString() },
})

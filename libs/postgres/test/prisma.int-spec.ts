import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { migrate } from '../src/migrate/migrate.ts'
import { openPlatformClient } from '../src/platform/platform-client.ts'
import { createTestDatabase, type TestDatabase } from './harness.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = promisify(execFile)

/** Runs Prisma's CLI as a developer would, with a network that leads nowhere. */
async function prisma(db: TestDatabase, ...parameters: string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...process.env,
    PLINTH_DATABASE_URL: db.urls.superuser,
    CHECKPOINT_DISABLE: '1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    NO_COLOR: '1',
  }
  return run(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), ...parameters], { cwd: root, env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, output: error.stdout + error.stderr }),
  )
}

describe('prisma', () => {
  it('finds no difference between a migrated database and the models', async () => {
    await using db = await createTestDatabase()
    const { code, output } = await prisma(
      db,
      'migrate',
      'diff',
      '--from-config-datasource',
      '--to-schema',
      'prisma',
      '--script',
      '--exit-code',
    )
    expect(output).toContain('This is an empty migration')
    expect(code).toBe(0)
  })

  it('finds no difference between the migration files and the models', async () => {
    await using db = await createTestDatabase()
    const { code, output } = await prisma(
      db,
      'migrate',
      'diff',
      '--from-migrations',
      'prisma/migrations',
      '--to-schema',
      'prisma',
      '--script',
      '--exit-code',
    )
    expect(output).toContain('This is an empty migration')
    expect(code).toBe(0)
  })

  it('takes the history that the server wrote for its own', async () => {
    await using db = await createTestDatabase()
    const { code, output } = await prisma(db, 'migrate', 'status')
    expect(output).toContain('Database schema is up to date')
    expect(code).toBe(0)
  })

  it('deploys all migrations to an empty database, owned by plinth_owner, and the server then finds nothing to do', async () => {
    await using db = await createTestDatabase({ migrate: false })
    const { code, output } = await prisma(db, 'migrate', 'deploy')
    expect(output).toContain('successfully applied')
    expect(code).toBe(0)
    expect(await migrate(db.urls.owner, join(root, 'prisma/migrations'))).toEqual([])
    const foreign = await db.sql(
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('auth','plinth','realtime','storage') and c.relkind in ('r','p','v') and c.relowner <> 'plinth_owner'::regrole`,
    )
    expect(foreign).toEqual([])
  })

  it('makes a migration from a changed model (migrate dev)', async () => {
    await using db = await createTestDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'plinth-prisma-'))
    try {
      await cp(join(root, 'prisma'), join(folder, 'prisma'), { recursive: true })
      await cp(join(root, 'prisma.config.ts'), join(folder, 'prisma.config.ts'))
      await writeFile(join(folder, 'package.json'), '{"type":"module"}')
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
      const model = 'model Extra {\n  id Int @id\n  @@map("extra")\n  @@schema("plinth")\n}\n'
      await writeFile(join(folder, 'prisma/models/extra.prisma'), model)
      const env = { ...process.env, PLINTH_DATABASE_URL: db.urls.superuser, CHECKPOINT_DISABLE: '1' }
      await run(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), 'migrate', 'dev', '--name', 'extra'], {
        cwd: folder,
        env,
      })
      const made = (await readdir(join(folder, 'prisma/migrations'))).find((name) => name.endsWith('_extra'))
      expect(await readFile(join(folder, 'prisma/migrations', made!, 'migration.sql'), 'utf8')).toContain('CREATE TABLE "extra"')
      expect(await db.sql('select * from plinth.extra')).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('reads settings through the generated client', async () => {
    await using db = await createTestDatabase()
    await db.sql(`insert into plinth.settings (area, values) values ('auth', '{"a":1}')`)
    const client = await openPlatformClient(db.urls.owner)
    try {
      expect(await client.settings.findUnique({ where: { area: 'auth' } })).toMatchObject({ area: 'auth', values: { a: 1 } })
    } finally {
      await client.$disconnect()
    }
  })
})

#!/usr/bin/env node
// A stand-in for Prisma's native `schema-engine`: the CLI starts it, speaks JSON-RPC over its stdio, and it answers with
// the WebAssembly build of the same engine (@prisma/schema-engine-wasm) over node-postgres. Nothing is downloaded.
// The versions of prisma, @prisma/adapter-pg and the engine are pinned together: it works around faults of that adapter.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const require = createRequire(import.meta.url)

/** Owner of everything that migrations make, whoever runs them. */
const OWNER = 'plinth_owner'
/** OID of the type "char", which the catalog queries return and the adapter does not know. */
const CHAR_OID = 18
/** Any OID beyond the built-in ones: the adapter takes such a column as text. */
const USER_TYPE_OID = 1_000_000
/** `Character` in the adapter's list of column types. */
const CHARACTER_COLUMN = 6

const quote = (name) => `"${name.replaceAll('"', '""')}"`

/** `url` without Prisma's own `schema` parameter, and with session options in its place. */
function connectionUrl(url, options) {
  const result = new URL(url)
  result.searchParams.delete('schema')
  const text = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
  if (text !== '') result.searchParams.set('options', text)
  return result.toString()
}

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: connectionUrl(url, {}) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The owner role where this login may act as it, so that tables belong to it; undefined on a foreign database. */
async function ownerRole(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      `select rolname from pg_catalog.pg_roles where rolname = $1 and pg_catalog.pg_has_role(current_user, oid, 'member')`,
      [OWNER],
    )
    return rows[0]?.rolname
  })
}

/** The adapter with the faults of 7.10.0 mended. */
function mendAdapter(adapter) {
  const performIO = adapter.performIO.bind(adapter)
  const queryRaw = adapter.queryRaw.bind(adapter)
  let charColumns = []
  adapter.performIO = async (query) => {
    const result = await performIO(query)
    const fields = result.fields ?? []
    charColumns = fields.map((field) => field.dataTypeID === CHAR_OID)
    for (const field of fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = USER_TYPE_OID
    return result
  }
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    if (!charColumns.includes(true)) return result
    const isChar = charColumns
    return {
      ...result,
      columnTypes: result.columnTypes.map((type, i) => (isChar[i] ? CHARACTER_COLUMN : type)),
      // An empty "char" is the zero byte.
      rows: result.rows.map((row) => row.map((value, i) => (isChar[i] && value === '' ? '\0' : value))),
    }
  }
  // The adapter splits scripts at every semicolon, also inside function bodies; Postgres takes a script whole.
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script)
    } catch (error) {
      adapter.onError(error)
    }
  }
  return adapter
}

/** Connections for the engine: to the database itself, and to a throw-away shadow database beside it. */
class EngineConnections extends PrismaPg {
  constructor(url, schema, role) {
    super({ connectionString: connectionUrl(url, { search_path: schema, role }) }, { schema })
    this.url = url
    this.schema = schema
  }

  async connect() {
    return mendAdapter(await super.connect())
  }

  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`
    await withClient(this.url, (client) => client.query(`create database ${quote(name)} template template0`))
    const url = new URL(this.url)
    url.pathname = `/${name}`
    const { schema } = this
    if (schema !== undefined) await withClient(url, (client) => client.query(`create schema if not exists ${quote(schema)}`))
    const adapter = mendAdapter(await new PrismaPg({ connectionString: connectionUrl(url, { search_path: schema }) }, { schema }).connect())
    const dispose = adapter.dispose.bind(adapter)
    adapter.dispose = async () => {
      await dispose()
      await withClient(this.url, (client) => client.query(`drop database if exists ${quote(name)} with (force)`))
    }
    return adapter
  }
}

async function loadEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm')
  const module = await WebAssembly.compile(readFileSync(path))
  const instance = await WebAssembly.instantiate(module, { './schema_engine_bg.js': engine })
  engine.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  // The engine reports a panic through this global.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    message: '',
    get() {
      return this.message
    },
    set_message(message) {
      this.message = message
    },
  }
  return engine
}

/** `schema-engine cli can-connect-to-database | create-database | drop-database` */
async function runCliCommand(command, url) {
  const target = new URL(url)
  const name = decodeURIComponent(target.pathname.slice(1))
  target.pathname = '/postgres'
  try {
    if (command === 'can-connect-to-database') await withClient(url, () => undefined)
    else if (command === 'create-database') await withClient(target, (client) => client.query(`create database ${quote(name)}`))
    else if (command === 'drop-database') await withClient(target, (client) => client.query(`drop database ${quote(name)}`))
    else throw new Error(`unknown command ${command}`)
    return 0
  } catch (error) {
    const codes = { '3D000': 'P1003', '28P01': 'P1000', '42P04': 'P1009' }
    const fields = { message: error.message, is_panic: false, error_code: codes[error.code] ?? 'P1001', meta: {} }
    // The CLI skips the first line of stderr.
    process.stderr.write(`${JSON.stringify({ level: 'INFO', fields: { message: 'schema-engine' }, target: 'schema_engine' })}\n`)
    const line = { timestamp: new Date().toISOString(), level: 'ERROR', fields, target: 'schema_engine::logger' }
    process.stderr.write(`${JSON.stringify(line)}\n`)
    return 1
  }
}

/** Answers JSON-RPC requests, one a line, until stdin ends. */
async function serve(url, datamodels) {
  const schema = url === undefined ? undefined : (new URL(url).searchParams.get('schema') ?? undefined)
  const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  let engine
  const open = async () => {
    const { SchemaEngine } = await loadEngine()
    const role = await ownerRole(url).catch(() => undefined)
    const connections = bindMigrationAwareSqlAdapterFactory(new EngineConnections(url, schema, role))
    return SchemaEngine.new({ datamodels }, () => undefined, connections)
  }
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue
    const { id, method, params } = JSON.parse(line)
    // A line without a method is the CLI's answer to our own `print`.
    if (method === undefined) continue
    try {
      engine ??= await open()
      const result = (await engine[method === 'getDatabaseVersion' ? 'version' : method](params)) ?? {}
      if (typeof result.stdout === 'string') write({ method: 'print', params: { content: result.stdout }, id: 90_000 + id })
      write({ id, result })
    } catch (error) {
      const data = { is_panic: false, message: error.message ?? String(error), meta: error.meta ?? null, error_code: error.code ?? null }
      write({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } })
    }
  }
}

const parameters = process.argv.slice(2)
const parameter = (name) => (parameters.includes(name) ? parameters[parameters.indexOf(name) + 1] : undefined)
const url = JSON.parse(parameter('--datasource') ?? '{}').url

if (parameters.includes('--version')) {
  // The package's version ends in the commit of the engine that it was built from.
  const manifest = join(dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')), 'package.json')
  process.stdout.write(`schema-engine-cli ${JSON.parse(readFileSync(manifest, 'utf8')).version.split('.').pop()}\n`)
} else if (parameters.includes('cli')) {
  process.exitCode = await runCliCommand(parameter('cli'), url)
} else {
  const files = parameters.flatMap((name, i) => (name === '--datamodels' ? [parameters[i + 1]] : []))
  await serve(url, files.length > 0 ? files.map((path) => [path, readFileSync(path, 'utf8')]) : undefined)
  // The engine's pools would keep the process alive.
  process.exit(0)
}

// The reference: what an expert writes by hand for exactly these requests. Fastify and node-postgres, one SQL text per
// route, the token verified once and then cached, role and claims and statement sent together and closed by one Sync.
import Fastify from 'fastify'
import { jwtVerify } from 'jose'
import pg from 'pg'
import { statements } from './statements.mjs'

const { DATABASE_URL, PORT, JWT_SECRET, POOL_SIZE = '10' } = process.env
pg.types.setTypeParser(pg.types.builtins.JSON, (text) => text)
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) })
const key = new TextEncoder().encode(JWT_SECRET)
const verified = new Map()
const impersonate = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"
const asWire = (value) => (value === null || typeof value === 'string' ? value : String(value))

async function claimsOf(header) {
  let known = verified.get(header)
  if (known === undefined) {
    const { payload } = await jwtVerify(header.slice(7), key)
    verified.set(header, (known = { role: payload.role, json: JSON.stringify(payload) }))
  }
  return known
}

/** Two statements, one Sync: an implicit transaction in one round trip. node-postgres calls submit and the handlers. */
class Exchange {
  constructor(claims, name, values) {
    this.steps = [
      ['impersonate', impersonate, [claims.role, claims.json]],
      [name, statements[name], values],
    ]
    this.answer = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }))
  }
  submit(connection) {
    this.connection = connection
    this.fresh = {}
    connection.stream.cork()
    for (const [name, text, values] of this.steps) {
      if (connection.parsedStatements[name] === undefined) {
        connection.parse({ name, text, types: [] })
        this.fresh[name] = text
      }
      connection.bind({ portal: '', statement: name, values, binary: false, valueMapper: asWire })
      connection.execute({ portal: '', rows: 0 })
    }
    connection.sync()
    connection.stream.uncork()
  }
  handleDataRow(message) {
    this.last = message.fields[0]
  }
  handleRowDescription() {}
  handleCommandComplete() {}
  handlePortalSuspended() {}
  handleEmptyQuery() {}
  handleError(error) {
    this.reject(error)
  }
  handleReadyForQuery() {
    Object.assign(this.connection.parsedStatements, this.fresh)
    this.resolve(this.last)
  }
}

async function answer(request, reply, name, values) {
  const claims = await claimsOf(request.headers.authorization)
  const client = await pool.connect()
  try {
    const exchange = new Exchange(claims, name, values)
    client.query(exchange)
    const json = await exchange.answer
    return reply.type('application/json; charset=utf-8').send(json)
  } finally {
    client.release()
  }
}

const app = Fastify()
app.get('/posts/:id', (request, reply) => answer(request, reply, 'byKey', [request.params.id]))
app.get('/nested', (request, reply) => answer(request, reply, 'nested', [request.query.category, request.query.below]))
app.get('/page/:id', (request, reply) => answer(request, reply, 'page', [request.params.id]))
app.get('/list', (request, reply) => answer(request, reply, 'list', [request.query.category, request.query.below]))
app.get('/count', (request, reply) => answer(request, reply, 'count', [request.query.category, request.query.below]))
app.get('/big', (request, reply) => answer(request, reply, 'thousand', [request.query.after]))
app.post('/events', (request, reply) => {
  const { user_id, kind, payload } = request.body
  return answer(request, reply, 'insert', [user_id, kind, JSON.stringify(payload)])
})
app.post('/events/batch', (request, reply) => answer(request, reply, 'insertMany', [JSON.stringify(request.body)]))
app.get('/ping', () => ({ ok: true }))
// An end of its own, so that a profile is written.
process.once('SIGTERM', () => process.exit())
await app.listen({ port: Number(PORT), host: '127.0.0.1' })

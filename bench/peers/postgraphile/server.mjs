// PostGraphile 5 as its documentation sets it up for production: the amber preset with filters and plain lists, role and
// claims of the token as settings of each request's transaction, no GraphiQL, no watching. The token is verified once.
import { createServer } from 'node:http'
import { grafserv } from 'postgraphile/grafserv/node'
import { makePgService } from 'postgraphile/adaptors/pg'
import { postgraphile } from 'postgraphile'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'
import jwt from 'jsonwebtoken'

const { DATABASE_URL, PORT, JWT_SECRET, POOL_SIZE = '10' } = process.env
const verified = new Map()

function settingsOf(header) {
  let settings = verified.get(header)
  if (settings === undefined) {
    const claims = jwt.verify(header.slice(7), JWT_SECRET, { audience: 'authenticated' })
    settings = { role: claims.role, 'request.jwt.claims': JSON.stringify(claims) }
    verified.set(header, settings)
  }
  return settings
}

const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  pgServices: [makePgService({ connectionString: DATABASE_URL, schemas: ['public'], poolConfig: { max: Number(POOL_SIZE) } })],
  schema: { defaultBehavior: '+list +connection +aggregates', dontSwallowErrors: true },
  grafast: {
    explain: false,
    context: (request) => {
      const header = request.http?.getHeader('authorization') ?? request.node?.req.headers.authorization
      return { pgSettings: header === undefined ? { role: 'anon' } : settingsOf(header) }
    },
  },
  grafserv: { watch: false, graphiql: false, websockets: false, graphqlPath: '/graphql', maxRequestLength: 1_000_000 },
}

const server = createServer()
server.on('error', (error) => console.error(error))
await postgraphile(preset).createServ(grafserv).addTo(server)
process.once('SIGTERM', () => process.exit())
server.listen(Number(PORT), '127.0.0.1')

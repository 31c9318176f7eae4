import { createServer, get } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { OpenConnections } from './open-connections.ts'

it('a connection that was never used does not hold up the end; a running request is finished', async () => {
  let release: () => void = () => undefined
  const server = createServer((_request, response) => (release = () => response.end('done')))
  const connections = new OpenConnections(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const unused = connect(port, '127.0.0.1')
  await once(server, 'connection')
  const answered = new Promise<number>((resolve, reject) => {
    get({ port, host: '127.0.0.1', headers: { connection: 'close' } }, (response) => resolve(response.resume().statusCode ?? 0)).on(
      'error',
      reject,
    )
  })
  await once(server, 'request')
  const closed = once(unused, 'close')
  connections.drain()
  await closed
  const ended = once(server, 'close')
  server.close()
  release()
  expect(await answered).toBe(200)
  await ended
})

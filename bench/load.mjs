// A small load generator: N keep-alive connections on bare sockets, one request in flight on each. Bare sockets, because
// on two cores the generator's own cost is part of every figure. Runs as a process of its own: job in on stdin, result
// out on stdout, both one JSON line.
//   job    { port, connections, seconds, requests: [raw HTTP/1.1 requests, used round robin] }
//   result { requests, seconds, errors, p50Ms, p99Ms }
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await run(JSON.parse(line))))

async function run({ port, connections, seconds, requests }) {
  const latencies = []
  let errors = 0
  let next = 0
  const started = performance.now()
  const deadline = started + seconds * 1000
  await Promise.all(Array.from({ length: connections }, () => drive()))
  latencies.sort((a, b) => a - b)
  const quantile = (share) => Number(latencies[Math.floor(latencies.length * share)]?.toFixed(2) ?? 0)
  return { requests: latencies.length, seconds: (performance.now() - started) / 1000, errors, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }

  function drive() {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
      let current = ''
      let sentAt = 0
      let expected = -1
      let received = 0
      const send = () => {
        if (performance.now() >= deadline) return socket.end(resolve)
        sentAt = performance.now()
        expected = -1
        received = 0
        current = requests[next++ % requests.length]
        socket.write(current)
      }
      socket.once('connect', send)
      socket.on('error', reject)
      socket.on('data', (chunk) => {
        if (expected < 0) {
          // Answers of these servers are small enough that the head is whole in the first chunk.
          const head = chunk.subarray(0, 2048).toString('latin1')
          const end = head.indexOf('\r\n\r\n')
          const length = /content-length: (\d+)/i.exec(head)
          const isBodiless = current.startsWith('HEAD ')
          if (end < 0 || (length === null && !isBodiless)) return reject(new Error(`cannot read this answer: ${head.slice(0, 300)}`))
          // GraphQL says with status 200 that something failed.
          if (!head.startsWith('HTTP/1.1 2') || /^\{"(?:data":null,")?errors"/.test(head.slice(end + 4))) {
            errors += 1
            if (errors === 1) process.stderr.write(`${chunk.toString().slice(0, 600)}\n`)
          }
          expected = end + 4 + (isBodiless ? 0 : Number(length[1]))
        }
        received += chunk.length
        if (received >= expected) {
          latencies.push(performance.now() - sentAt)
          send()
        }
      })
    })
  }
}

// The clients of bench/graphql-live.ts, in a process of their own: N sockets over graphql-transport-ws, each with a token of
// its own, all with the same live query. Job in on stdin, then `{"go":…}` lines; answers on stdout, one JSON line each.
//   job     { port, tokens, query }          -> { opened, firstMs }
//   measure { seconds }                       -> { results, rows, p50Ms, p99Ms, maxMs }
// A row's `body` is the time at which it was written, in milliseconds since 1970, so its delay is known when it arrives.
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const nowMs = () => performance.timeOrigin + performance.now()
let delays = []
let results = 0
let measuring = false
let sinceMs = 0

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line)
  console.log(JSON.stringify(job.tokens === undefined ? await measure(job.seconds) : await open(job)))
}

async function open({ port, tokens, query }) {
  const started = performance.now()
  // In steps, as clients of a server that has just come up would not: this measures results, not handshakes.
  for (let at = 0; at < tokens.length; at += 50) await Promise.all(tokens.slice(at, at + 50).map((token) => connect(port, token, query)))
  return { opened: tokens.length, firstMs: Math.round(performance.now() - started) }
}

function connect(port, token, query) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql/v1`, 'graphql-transport-ws', { perMessageDeflate: false })
    const seen = new Set()
    let isFirst = true
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { headers: { authorization: `Bearer ${token}` } } })),
    )
    socket.on('error', reject)
    socket.on('close', (code, reason) => reject(new Error(`the socket was closed: ${code} ${reason}`)))
    socket.on('message', (data) => {
      const arrivedMs = nowMs()
      const message = JSON.parse(data.toString())
      if (message.type === 'connection_ack') return socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }))
      if (message.type === 'ping') return socket.send('{"type":"pong"}')
      if (message.type === 'error' || message.payload?.errors) return reject(new Error(data.toString()))
      if (message.type !== 'next') return
      if (measuring && !isFirst) results += 1
      for (const { id, body } of message.payload.data.message) {
        if (seen.has(id)) continue
        seen.add(id)
        if (measuring && !isFirst && Number(body) >= sinceMs) delays.push(arrivedMs - Number(body))
      }
      if (isFirst) resolve()
      isFirst = false
    })
  })
}

async function measure(seconds) {
  delays = []
  results = 0
  measuring = true
  sinceMs = nowMs()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  measuring = false
  delays.sort((a, b) => a - b)
  const quantile = (share) => Math.round(delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0)
  return { results, rows: delays.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1) }
}

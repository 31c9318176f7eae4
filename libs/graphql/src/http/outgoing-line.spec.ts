import { expect, it } from 'vitest'
import { SubscriptionStats } from '../subscriptions/subscription-stats.ts'
import { OutgoingLine } from './outgoing-line.ts'

/** A wire whose reader takes what was written only when told to. */
function slowWire() {
  const sent: string[] = []
  let pending: (() => void)[] = []
  let bytes = 0
  return {
    sent,
    bufferedBytes: () => bytes,
    write: (frame: string, done: () => void) => {
      sent.push(frame)
      bytes += frame.length
      pending.push(done)
    },
    read: () => {
      const done = pending
      pending = []
      bytes = 0
      for (const each of done) each()
    },
  }
}

const large = 'x'.repeat(300_000)

it('while the client is slow, the newest result of each subscription waits and the others are dropped', () => {
  const wire = slowWire()
  const stats = new SubscriptionStats()
  const line = new OutgoingLine(wire, stats)
  line.sendLatest('a', large)
  for (const frame of ['a1', 'a2', 'a3']) line.sendLatest('a', frame)
  line.sendLatest('b', 'b1')
  expect(wire.sent).toEqual([large])
  expect(line.busyForMs()).toBeGreaterThanOrEqual(0)
  wire.read()
  expect(wire.sent.slice(1)).toEqual(['a3', 'b1'])
  expect(stats.replaced).toBe(2)
})

it('what must not be overtaken is sent before what follows it', () => {
  const wire = slowWire()
  const line = new OutgoingLine(wire, new SubscriptionStats())
  line.send(large)
  line.sendLatest('a', 'last')
  line.settle('a')
  line.send('complete')
  expect(wire.sent.slice(1)).toEqual(['last', 'complete'])
  line.sendLatest('b', 'unwanted')
  line.drop('b')
  wire.read()
  expect(wire.sent).toHaveLength(3)
})

it('who makes results one after another waits until the client has read', async () => {
  const wire = slowWire()
  const line = new OutgoingLine(wire, new SubscriptionStats())
  await line.drained()
  line.send(large)
  let isDrained = false
  const drained = line.drained().then(() => (isDrained = true))
  await Promise.resolve()
  expect(isDrained).toBe(false)
  wire.read()
  await drained
  expect(line.busyForMs()).toBe(0)
})

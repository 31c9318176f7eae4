import { expect, it } from 'vitest'
import { sharedBuffersFor, usableMemory } from './memory.ts'

const GB = 1024 ** 3

it('gives pages a share of the memory, within bounds', () => {
  expect([0.25, 1, 2, 4, 6, 8, 64].map((gigabytes) => sharedBuffersFor(gigabytes * GB))).toEqual([
    '32MB',
    '32MB',
    '64MB',
    '128MB',
    '128MB',
    '128MB',
    '128MB',
  ])
})

it('knows how much this process may use', () => {
  expect(usableMemory()).toBeGreaterThan(64 * 1024 * 1024)
})

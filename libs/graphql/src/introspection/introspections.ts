// Tells schemas: one at a time, in slices between which others are served. What was asked twice is kept.
import { setImmediate as breathe } from 'node:timers/promises'
import { PlanCache } from '#libs/query'
import { GraphQLFailure, graphqlErrors, validationFailed } from '../graphql.errors.ts'

/** Milliseconds of work before others have their turn. */
const SLICE_MS = 10
const WAITING_MAX = 100
const TEXT_CHARACTERS_MAX = 200_000_000
const PART_CHARACTERS = 32_768

/** The texts of schemas. One for the process and endpoint. */
export class Introspections {
  private readonly texts = new PlanCache<string>({ entriesMax: 100, bytesMax: 16_000_000 })
  private readonly running = new Map<string, Promise<string>>()
  private last: Promise<unknown> = Promise.resolve()

  /** The pieces as one text; `key` says of what: equal ones are told once. */
  async tell(key: string, pieces: () => Iterable<string>): Promise<string> {
    return this.texts.get(key) ?? this.running.get(key) ?? this.start(key, pieces)
  }

  private start(key: string, pieces: () => Iterable<string>): Promise<string> {
    if (this.running.size >= WAITING_MAX)
      throw new GraphQLFailure(graphqlErrors.too_many_introspections().message, 'unexpected', '$', 429, true)
    const running = this.last.then(async () => {
      try {
        const text = await joined(pieces())
        this.texts.offer(key, text, text.length)
        return text
      } finally {
        this.running.delete(key)
      }
    })
    this.running.set(key, running)
    this.last = running.catch(() => undefined)
    return running
  }
}

async function joined(pieces: Iterable<string>): Promise<string> {
  const parts: string[] = []
  let part = ''
  let characters = 0
  let began = performance.now()
  for (const piece of pieces) {
    part += piece
    if (part.length > PART_CHARACTERS) {
      characters += part.length
      if (characters > TEXT_CHARACTERS_MAX) throw validationFailed('The answer is too large: ask for less of the schema.')
      parts.push(compact(part))
      part = ''
    }
    if (performance.now() - began > SLICE_MS) {
      await breathe()
      began = performance.now()
    }
  }
  parts.push(part)
  return parts.join('')
}

/** A string that was put together of many keeps all of them in memory, each with an object of its own; its bytes do not. */
function compact(text: string): string {
  return Buffer.from(text).toString()
}

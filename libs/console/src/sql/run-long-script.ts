// POST /sql with a body of application/sql: a script of any length as a stream, in one transaction. Neither this process
// nor Postgres ever holds it whole.
import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { AppError } from '#libs/kernel'
import { consoleErrors } from '../console.errors.ts'
import { beginAs, RunSql, type SqlOutcome } from './run-sql.ts'
import { scriptPieces, type ScriptPiece } from './script-pieces.ts'
import type { WireResult } from './script-query.ts'
import type { SqlSession } from './sql-connections.ts'

/** Query string of the route; claims are JSON. */
export const longScriptQuery = z.object({
  role: z.string().min(1).max(63).optional(),
  claims: z
    .string()
    .transform((text, context) => {
      try {
        return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
      } catch {
        context.addIssue({ code: 'custom', message: 'must be a JSON object' })
        return z.NEVER
      }
    })
    .optional(),
  timeoutMs: z.coerce.number().int().min(1).max(3_600_000).optional(),
})

/** Runs long scripts. */
@Injectable()
export class RunLongScript {
  constructor(@Inject(RunSql) private readonly sql: RunSql) {}

  /** The result of the last statement. A COMMIT in the script begins a new transaction for what follows it. */
  async run(chunks: AsyncIterable<string>, as: z.output<typeof longScriptQuery>, signal: AbortSignal): Promise<SqlOutcome> {
    return this.sql.inSession({ ...as, signal }, async (session) => {
      let result: WireResult = { command: '', rowCount: 0, columns: [], rows: [], truncated: false }
      for await (const piece of scriptPieces(refuseZeroBytes(chunks))) {
        if (!session.isInTransaction()) await beginAs(session, as)
        const answer = await runPiece(session, piece)
        if (answer.command !== '') result = answer
      }
      if (session.isInTransaction()) await session.run('commit')
      return result
    })
  }
}

async function runPiece(session: SqlSession, piece: ScriptPiece): Promise<WireResult> {
  try {
    return await session.run(piece.text)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'sql_failed') throw error
    const { position, line, ...rest } = error.extra as { position?: number; line?: number }
    const moved = position === undefined ? {} : { position: position + piece.charactersBefore, line: (line ?? 1) + piece.linesBefore }
    throw consoleErrors.sql_failed({
      params: error.params,
      extra: { ...rest, ...moved },
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
}

async function* refuseZeroBytes(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (chunk.includes('\0')) throw consoleErrors.invalid_input({ params: { reason: 'the script must not hold a NUL character' } })
    yield chunk
  }
}

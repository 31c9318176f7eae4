import type { DocumentLimits } from '../plan/planning.ts'
import type { TextLimits } from './validation.ts'

/** Limits and switches of running operations. */
export type ExecutorLimits = DocumentLimits &
  TextLimits & {
    /** Time limit of an operation's statements in milliseconds; 0 for the database's own. Default 0. */
    readonly timeoutMs?: number
  }

// What a function refuses, for specs that check the error's words.
import { AppError } from '#libs/kernel'

/** The error that `run` throws. */
export function refusal(run: () => unknown): AppError {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Message and details of the error, as a client reads them. */
export function fault(run: () => unknown): { readonly message: string; readonly details: unknown } {
  const error = refusal(run)
  return { message: error.message, details: (error.extra as { details?: unknown } | undefined)?.details }
}

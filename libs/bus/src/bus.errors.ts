import { defineErrors } from '#libs/kernel'

/** Failures of the bus. */
export const busErrors = defineErrors('bus', {
  unavailable: { status: 503, message: 'The message bus cannot be reached.' },
  message_too_large: { status: 413, message: 'A message between nodes may have at most {max} characters.' },
})

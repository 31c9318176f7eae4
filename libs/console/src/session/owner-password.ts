import { z } from 'zod'

/** What a console owner's password must be, wherever it is given: 10 to 256 characters. */
export const ownerPassword = z.string().min(10, 'must have at least 10 characters').max(256, 'must have at most 256 characters')

// `npm run --silent plinth -- COMMAND`: the command line of this checkout. Only the command writes to stdout.
import { checkNode, ensureBuilt, ensureInstalled } from './build/ensure.mjs'

checkNode()
await ensureInstalled()
await ensureBuilt(['prisma-client', 'server'])
await import('../dist/cli/main.js')

// `npm run build`: everything that `npm start` would build.
import { checkNode, ensureBuilt, ensureInstalled } from './build/ensure.mjs'

checkNode()
await ensureInstalled()
await ensureBuilt()

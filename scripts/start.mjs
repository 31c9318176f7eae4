// `npm start`: installs and builds what is missing, then becomes the server. The build tools run in processes of their
// own, so that none of their memory stays.
import { checkNode, ensureBuilt, ensureInstalled } from './build/ensure.mjs'

checkNode()
await ensureInstalled()
await ensureBuilt()
const { main } = await import('../dist/server/main.js')
await main()

// Runs one TypeScript file of the repository: `node scripts/run-ts.mjs FILE [ARGUMENTS]`. Bundled first, because Node
// itself does not read TypeScript with decorators or our import names.
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from './build/steps.mjs'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node scripts/run-ts.mjs FILE [ARGUMENTS]')
  process.exit(2)
}
// One folder below the root, like the files that look for their surroundings from where they stand.
const outfile = join(root, '.build', `${basename(file, '.ts')}.${process.pid}.mjs`)
mkdirSync(join(root, '.build'), { recursive: true })
await build({
  absWorkingDir: root,
  entryPoints: [file],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  conditions: ['source'],
  sourcemap: 'inline',
  keepNames: true,
  logLevel: 'warning',
})
process.argv = [process.argv[0], file, ...args]
await import(pathToFileURL(outfile).href)

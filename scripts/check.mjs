// `npm run check`: all that a change needs before its tests. Runs every check even when an early one fails, because
// one round trip with all the news beats five.
import { spawn } from 'node:child_process'
import { checkNode, ensureBuilt, ensureInstalled } from './build/ensure.mjs'
import { root } from './build/steps.mjs'

const bin = (name) => `node_modules/.bin/${name}`
const checks = [
  { name: 'format', command: [bin('oxfmt'), '--check'], fix: [bin('oxfmt')] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--quiet'], fix: [bin('oxlint'), '--type-aware', '--quiet', '--fix'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of the client', command: [bin('tsc'), '-p', 'libs/client/tsconfig.json', '--noEmit'] },
  { name: "types of the client's tests", command: [bin('tsc'), '-p', 'libs/client/test/tsconfig.json'] },
  { name: 'types of the console', command: [bin('tsc'), '-p', 'admin-ui/tsconfig.json', '--noEmit'] },
  // Code that runs in a page knows the DOM; nothing else in the tree does.
  { name: "types of the console's tests", command: [bin('tsc'), '-p', 'acceptance/console/tsconfig.json'] },
  { name: 'boundaries', command: ['node', 'node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'scripts/check'] },
  { name: 'dead code', command: [bin('knip')] },
  {
    name: 'generated references',
    command: ['node', 'scripts/run-ts.mjs', 'scripts/docs/generate.ts', '--check'],
    fix: ['node', 'scripts/run-ts.mjs', 'scripts/docs/generate.ts'],
  },
  { name: 'documented exports', command: [bin('typedoc')] },
]

checkNode()
await ensureInstalled()
await ensureBuilt(['prisma-client'])
const fixing = process.argv.includes('--fix')
const failed = []
for (const check of checks) {
  const started = performance.now()
  const { code, output } = await run(fixing && check.fix !== undefined ? check.fix : check.command)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)`)
  if (code !== 0) {
    failed.push(check.name)
    console.log(output.replace(/^/gm, '     '))
  }
}
if (failed.length > 0)
  console.log(
    `\n${failed.length} of ${checks.length} checks failed: ${failed.join(', ')}${fixing ? '' : '. `npm run check -- --fix` mends format, lint and generated files.'}`,
  )
process.exit(failed.length > 0 ? 1 : 0)

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program === 'node' ? process.execPath : program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) =>
      resolve({
        code,
        output: output
          .split('\n')
          .filter((line) => !line.startsWith('npm warn'))
          .join('\n'),
      }),
    )
  })
}

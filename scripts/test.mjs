// `npm test`: installs, builds, finds or installs a browser, runs every suite, and closes with one line of counts.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkNode, ensureBuilt, ensureInstalled } from './build/ensure.mjs'
import { root } from './build/steps.mjs'
import { ensureBrowser } from './test/browser.mjs'

const suites = [
  { name: 'unit and integration', arguments: ['--config', 'vitest.config.ts'] },
  { name: 'acceptance', arguments: ['--config', 'acceptance/vitest.config.ts'] },
]

checkNode()
await ensureInstalled()
await ensureBuilt()
const environment = { ...process.env, ...(await ensureBrowser()), FORCE_COLOR: process.stdout.isTTY ? '1' : '0' }

const totals = { passed: 0, failed: 0, skipped: 0 }
let broken = false
mkdirSync(join(root, '.build/results'), { recursive: true })
for (const suite of suites) {
  const results = join(root, '.build/results', `${suite.name.replaceAll(' ', '-')}.json`)
  rmSync(results, { force: true })
  console.log(`\n${suite.name}`)
  const code = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    ...suite.arguments,
    ...process.argv.slice(2),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ])
  const counted = count(results)
  if (counted === undefined) broken = true
  else for (const key of Object.keys(totals)) totals[key] += counted[key]
  // A suite can fail without a failed test: a file that does not load, an error outside any test.
  if (code !== 0 && (counted === undefined || counted.failed === 0)) totals.failed += 1
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`)
process.exit(totals.failed > 0 || broken || totals.passed === 0 ? 1 : 0)

function run(args) {
  return new Promise((resolve) => {
    spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: environment }).on('close', (code) =>
      resolve(code ?? 1),
    )
  })
}

function count(results) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(results, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return undefined
  }
}

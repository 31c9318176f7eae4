// `npm test`: installs, builds, finds or installs a browser, runs every suite, and closes with one line of counts.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
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
/** What failed, told again at the end: a long log is often read from there. */
const failures = []
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
    // A filter may leave a suite without files.
    ...(process.argv.length > 2 ? ['--passWithNoTests', ...process.argv.slice(2)] : []),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ])
  const counted = count(results)
  if (counted === undefined) broken = true
  else {
    for (const key of Object.keys(totals)) totals[key] += counted[key]
    failures.push(...counted.failures)
  }
  // A suite can fail without a failed test: a file that does not load, an error outside any test.
  if (code !== 0 && (counted === undefined || counted.failed === 0)) {
    totals.failed += 1
    failures.push(`${suite.name}: ended with ${code} although no test failed; its log above says why`)
  }
}
for (const failure of failures) console.log(`\nFAILED ${failure}`)
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
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(results, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests, failures: testResults.flatMap(told) }
  } catch {
    return undefined
  }
}

/** Failed tests of one file, or why the file itself did not load. */
function told({ name, status, message, assertionResults }) {
  const file = relative(root, name)
  const failed = assertionResults.filter((test) => test.status === 'failed')
  if (failed.length === 0) return status === 'failed' ? [`${file}\n${indented(message)}`] : []
  return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${indented(failureMessages.join('\n'))}`)
}

function indented(text) {
  return text
    .slice(0, 3_000)
    .split('\n')
    .slice(0, 25)
    .map((line) => `  ${line}`)
    .join('\n')
}

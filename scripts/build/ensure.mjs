// Makes sure that what a command needs is installed and built, and shows what it does. Nothing is done twice: see
// the fingerprints in steps.mjs. Needs nothing but Node, because it runs before the dependencies are there.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSteps, fingerprint, readStamp, root, runQuietly, writeStamp } from './steps.mjs'
import { inTurn } from './turn.mjs'

/** Fails early, with the way out, on a Node that is too old to run the code. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Plinth needs Node 20.19 or newer; this is ${process.version}. Get one from nodejs.org or your package manager.`)
  process.exit(1)
}

/**
 * Installs what the lock file says when that is not what was installed last. `npm ci` would do, but it refuses a lock that
 * lacks optional binaries of other platforms (docs/decisions/0002); this keeps the locked versions and writes no lock.
 */
export async function ensureInstalled() {
  const npm = process.env.npm_execpath
  await ensure({
    name: 'install',
    title: 'Installing dependencies (once)',
    inputs: ['package-lock.json', 'package.json', '.npmrc', 'libs/client/package.json', 'admin-ui/package.json'],
    output: 'node_modules/.package-lock.json',
    command: [...(npm?.endsWith('.js') ? ['node', npm] : ['npm']), 'install', '--no-save', '--no-audit', '--no-fund'],
  })
}

/** Runs the build steps whose inputs have changed; `names` limits them. */
export async function ensureBuilt(names = buildSteps.map((each) => each.name)) {
  for (const each of buildSteps) if (names.includes(each.name)) await ensure(each)
}

/** Runs a step unless its result is there; of several processes that want the same one, one does it and the others wait. */
async function ensure(step) {
  const isDone = () => readStamp(step.name) === fingerprint(step.inputs) && existsSync(join(root, step.output))
  if (isDone()) return
  await inTurn(async () => {
    if (!isDone()) await showing(step.title, () => perform(step))
  })
}

async function perform(step) {
  // Taken before the work: what is edited meanwhile is built next time.
  const wanted = fingerprint(step.inputs)
  rmSync(join(root, '.build', `${step.name}.stamp`), { force: true })
  await runQuietly(step.command)
  writeStamp(step.name, wanted)
}

/** One line per step: title, then its time. At a terminal the time counts up; in a log file there are two plain lines. */
async function showing(title, work) {
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  const terminal = process.stderr.isTTY
  process.stderr.write(terminal ? `  ${title} …` : `  ${title} …\n`)
  const ticking = terminal ? setInterval(() => process.stderr.write(`\r  ${title} … ${seconds()} s`), 500) : undefined
  try {
    await work()
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`)
    process.exit(1)
  } finally {
    clearInterval(ticking)
  }
  process.stderr.write(terminal ? `\r  ${title} … ${seconds()} s\n` : `  ${title}: ${seconds()} s\n`)
}

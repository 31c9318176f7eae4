// Makes sure that what a command needs is installed and built, and shows what it does. Nothing is done twice: see
// the fingerprints in steps.mjs. Needs nothing but Node, because it runs before `npm ci`.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildSteps, fingerprint, readStamp, root, runQuietly, writeStamp } from './steps.mjs'

/** Fails early, with the way out, on a Node that is too old to run the code. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Plinth needs Node 20.19 or newer; this is ${process.version}. Get one from nodejs.org or your package manager.`)
  process.exit(1)
}

/** `npm ci` when the lock file is not what was installed last. */
export async function ensureInstalled() {
  const wanted = fingerprint(['package-lock.json', 'package.json', '.npmrc', 'libs/client/package.json', 'admin-ui/package.json'])
  if (readStamp('install') === wanted && existsSync(join(root, 'node_modules/.package-lock.json'))) return
  await step('Installing dependencies (once)', async () => {
    const npm = process.env.npm_execpath
    await runQuietly([...(npm?.endsWith('.js') ? ['node', npm] : ['npm']), 'ci', '--no-audit', '--no-fund'])
    writeStamp('install', wanted)
  })
}

/** Runs the build steps whose inputs have changed; `names` limits them. */
export async function ensureBuilt(names = buildSteps.map((each) => each.name)) {
  for (const each of buildSteps.filter((candidate) => names.includes(candidate.name))) {
    const wanted = fingerprint(each.inputs)
    if (readStamp(each.name) === wanted && existsSync(join(root, each.output))) continue
    await step(each.title, async () => {
      rmSync(join(root, '.build', `${each.name}.stamp`), { force: true })
      await runQuietly(each.command)
      writeStamp(each.name, wanted)
    })
  }
}

/** One line per step: title, then its time. A spinner-less line also reads well in a log file. */
async function step(title, work) {
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

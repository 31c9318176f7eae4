// A browser for the console's tests: one that is there, else Debian's, else Playwright's own, else a clear instruction.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { root, runQuietly } from '../build/steps.mjs'

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Environment for the suites: `PLINTH_TEST_BROWSER`, the path of a Chromium. Ends the process when there is none. */
export async function ensureBrowser() {
  const found = findBrowser()
  if (found !== undefined) return { PLINTH_TEST_BROWSER: found }
  for (const [title, install] of [
    ['Installing Chromium from Debian', installFromDebian],
    ['Installing the browser of Playwright', installFromPlaywright],
  ]) {
    process.stderr.write(`  ${title} …\n`)
    await install().catch((error) => process.stderr.write(`  ${title} did not work: ${firstLine(error)}\n`))
    const installed = findBrowser()
    if (installed !== undefined) return { PLINTH_TEST_BROWSER: installed }
  }
  console.error(
    'The console is tested in a real browser and none was found or could be installed.\nInstall Chromium (Debian: apt-get install chromium), or set PLINTH_TEST_BROWSER to the path of one.',
  )
  process.exit(1)
}

function findBrowser() {
  const named = process.env.PLINTH_TEST_BROWSER
  if (named !== undefined) return existsSync(named) ? named : undefined
  return [...usual, playwrightBrowser()].find((path) => path !== undefined && existsSync(path))
}

function playwrightBrowser() {
  try {
    return createRequire(import.meta.url)('playwright-core').chromium.executablePath()
  } catch {
    return undefined
  }
}

async function installFromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error('needs root and apt-get')
  await runQuietly(['apt-get', 'update'])
  await runQuietly(['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'])
}

async function installFromPlaywright() {
  await runQuietly(['node', join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium'])
}

function firstLine(error) {
  return (
    String(error.message)
      .split('\n')
      .find((line) => line.trim() !== '') ?? 'no reason given'
  )
}

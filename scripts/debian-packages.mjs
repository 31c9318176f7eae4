// Debian's packages, for what CI installs before the tests. An install waits for another one that is under way.
import { spawnSync } from 'node:child_process'

const INSTALL_TIMEOUT_MS = 10 * 60_000

/** Installs packages as root; throws with apt's own last words. */
export function installPackages(packages) {
  aptGet('update', '-qq')
  aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages)
}

function aptGet(...args) {
  const result = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: INSTALL_TIMEOUT_MS,
  })
  if (result.status === 0) return
  const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(-5).join('\n')
  throw new Error(`apt-get ${args[0]} failed: ${reason}`)
}

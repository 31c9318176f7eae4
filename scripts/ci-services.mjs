// What CI runs before `npm test`: a real S3 server, so that the S3 driver is tested against one. Its address goes to
// .build/s3.json, where scripts/s3/test-endpoint.ts finds it. `--stop` ends it. Exits with 1 when there can be none.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPackages } from './debian-packages.mjs'
import { answers, cephPackages, cephPrograms, startCeph, stopCeph } from './s3/ceph-server.mjs'

const ATTEMPTS = 2
const noted = join(dirname(dirname(fileURLToPath(import.meta.url))), '.build', 's3.json')
const say = (line) => console.log(`ci-services: ${line}`)

await main().catch((error) => {
  say(error.message)
  process.exitCode = 1
})

async function main() {
  const known = readNoted()
  if (process.argv.includes('--stop')) return stop(known)
  if (known !== undefined && (await answers(known.endpoint))) return say(`an S3 server runs already at ${known.endpoint}`)
  if (known !== undefined) stop(known)

  installPrograms()
  const server = await startPatiently()
  mkdirSync(dirname(noted), { recursive: true })
  writeFileSync(noted, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 })
  say(`wrote ${noted}; "node scripts/ci-services.mjs --stop" ends the server`)
}

/** Its ports were free a moment ago; another program may have taken one since. */
async function startPatiently() {
  for (let attempt = 1; ; attempt++) {
    say('starting an S3 server (Ceph: monitor, storage daemon in memory, gateway)')
    try {
      return await startCeph(say)
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      say(`${error.message}; trying once more`)
    }
  }
}

function stop(known) {
  if (known === undefined) return say('no S3 server was noted')
  stopCeph(known)
  rmSync(noted, { force: true })
  say('ended the S3 server that was noted')
}

function readNoted() {
  try {
    return JSON.parse(readFileSync(noted, 'utf8'))
  } catch {
    return undefined
  }
}

function installPrograms() {
  const missing = cephPrograms.filter((program) => !isOnPath(program))
  if (missing.length === 0) return
  if (!isOnPath('apt-get')) throw new Error(`no S3 server: ${missing.join(', ')} missing, and this is not a Debian system`)
  if (process.getuid?.() !== 0)
    throw new Error(`no S3 server: as root run "apt-get install ${cephPackages.join(' ')}", or set PLINTH_TEST_S3_ENDPOINT`)
  say(`installing ${cephPackages.join(' ')}`)
  installPackages(cephPackages)
  const still = cephPrograms.filter((program) => !isOnPath(program))
  if (still.length > 0) throw new Error(`no S3 server: the packages did not bring ${still.join(', ')}`)
}

/** /usr/sbin is not on every user's path; the daemons' own programs are in /usr/bin. */
function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

// What CI runs before `npm test`: the system's own Postgres with PostGIS, so that the REST suites also run over a database
// that the server did not bring (acceptance/rest/database/installed-postgres.ts finds it). Exits with 1 when there can be none.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages } from './debian-packages.mjs'

const folder = '/usr/lib/postgresql'
const packages = ['postgresql', 'postgresql-postgis']

try {
  if (isInstalled()) console.log('ci-postgres: a Postgres with PostGIS is installed already')
  else install()
} catch (error) {
  console.log(`ci-postgres: ${error.message}`)
  process.exitCode = 1
}

function isInstalled() {
  if (!existsSync(folder)) return false
  return readdirSync(folder).some(
    (version) =>
      existsSync(join(folder, version, 'bin/postgres')) && existsSync(`/usr/share/postgresql/${version}/extension/postgis.control`),
  )
}

function install() {
  if (process.getuid?.() !== 0) throw new Error(`not root; run "apt-get install ${packages.join(' ')}" to have it`)
  console.log(`ci-postgres: installing ${packages.join(' ')}`)
  installPackages(packages)
}

// The build as data: what each step reads, what it runs. A step runs again only when its fingerprint has changed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const stamps = join(root, '.build')

/** @typedef {{ name: string, title: string, inputs: string[], output: string, command: string[] }} Step */

/** @type {Step[]} */
export const buildSteps = [
  {
    name: 'prisma-client',
    title: 'Generating the Prisma client',
    inputs: ['prisma/schema.prisma', 'prisma/models', 'prisma.config.ts', 'package-lock.json'],
    output: 'libs/postgres/src/prisma-client',
    command: ['node', 'node_modules/prisma/build/index.js', 'generate'],
  },
  {
    name: 'server',
    title: 'Building the server and the command line',
    inputs: ['apps', 'libs', 'package.json', 'package-lock.json', 'scripts/build'],
    output: 'dist/server/main.js',
    command: ['node', 'scripts/build/bundle.mjs'],
  },
  {
    name: 'console',
    title: 'Building the console',
    inputs: ['admin-ui', 'libs/client/src', 'libs/console/src/admin-api.types.ts', 'package-lock.json'],
    output: 'admin-ui/dist/index.html',
    command: ['node', 'node_modules/vite/bin/vite.js', 'build', 'admin-ui', '--logLevel', 'warn'],
  },
]

/** Folders that are made by steps or tools and are nobody's input. */
const made = new Set(['node_modules', 'dist', 'prisma-client', 'test', '.vite'])

/** Hash over path, size and content of every input file. Content, not time: a fresh clone has new times. */
export function fingerprint(inputs) {
  const hash = createHash('sha256').update(process.version)
  for (const input of inputs)
    for (const file of filesBelow(join(root, input))) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

function* filesBelow(path) {
  if (!existsSync(path)) return
  if (statSync(path).isFile()) return yield path
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() && !made.has(entry.name)) yield* filesBelow(join(path, entry.name))
    else if (entry.isFile() && !/\.(spec|int-spec|md)(\.tsx?)?$/.test(entry.name)) yield join(path, entry.name)
  }
}

/** What a finished step left behind, or undefined. */
export function readStamp(name) {
  try {
    return readFileSync(join(stamps, `${name}.stamp`), 'utf8')
  } catch {
    return undefined
  }
}

export function writeStamp(name, value) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, `${name}.stamp`), value)
}

/** Runs a command quietly; its output is shown only when it fails. Everything goes to stderr: stdout is the product's. */
export function runQuietly(command, { cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const [program, ...args] = command
    const child = spawn(program === 'node' ? process.execPath : program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${command.join(' ')} ended with ${code}:\n${output}`))))
  })
}

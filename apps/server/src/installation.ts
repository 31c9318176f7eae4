// Where the product is installed: the folder with its migrations and the console's files. Found by looking upwards, since
// the bundler decides how deep below it this code stands.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's or image's root folder. */
export function findInstallation(from = fileURLToPath(import.meta.url)): string {
  const folder = dirname(from)
  if (existsSync(join(folder, 'prisma', 'migrations'))) return folder
  if (folder === from) throw new Error('This installation is incomplete: no folder above the program holds prisma/migrations.')
  return findInstallation(folder)
}

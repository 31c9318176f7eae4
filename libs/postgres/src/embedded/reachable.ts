// Whether another user than root can walk to a path.
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** True when the folder and all above it let any user pass (execute bit for others). */
export async function isTraversableByOthers(path: string): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      if (((await stat(folder)).mode & 0o001) === 0) return false
    } catch {
      return false
    }
    if (folder === dirname(folder)) return true
  }
}

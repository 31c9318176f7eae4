// Names of the bytes. A key belongs to one version of one object for ever; it holds nothing that a caller wrote.
import { uuidv7 } from '#libs/kernel'
import type { StorageEngine } from '../storage-engine.ts'

/** A version for bytes that are about to be stored. */
export function newVersion(): string {
  return uuidv7()
}

/** Key of a version's bytes. 256 folders, by the random end of the version, keep each folder of the disk driver small. */
export async function keyOfVersion(engine: StorageEngine, version: string): Promise<string> {
  return `${await engine.keyPrefix()}/${version.slice(-2)}/${version}`
}

/**
 * Removes bytes that no row names. A failure only delays it: the orphan sweep will find them, and the caller's own
 * operation has succeeded.
 */
export async function discardBlobs(engine: StorageEngine, versions: readonly string[]): Promise<void> {
  if (versions.length === 0) return
  try {
    await engine.blobs.delete(await Promise.all(versions.map((version) => keyOfVersion(engine, version))))
  } catch (error) {
    engine.logger.warn({ err: error, blobs: versions.length }, 'bytes of deleted objects could not be removed now; the sweep will do it')
  }
}

import type { Caller } from '../callers/caller.ts'
import { PermittedUpload } from '../objects/upload-object.ts'
import type { StorageEngine } from '../storage-engine.ts'

const LIFE_SECONDS = 2 * 3600

/** A URL that lets anybody upload this one object within two hours, as the caller who may do so now. */
export async function signUpload(
  engine: StorageEngine,
  caller: Caller,
  target: { readonly bucketId: string; readonly name: string; readonly upsert: boolean },
): Promise<{ url: string; token: string }> {
  await PermittedUpload.ask(engine, caller, target, 'storage.object.sign_upload_url', {})
  const url = `${target.bucketId}/${target.name}`
  const token = engine.tokens.sign({ url, scope: 'upload', owner: caller.ownerId, upsert: target.upsert }, LIFE_SECONDS)
  return { url: `/object/upload/sign/${url.replaceAll('?', '%3F')}?token=${token}`, token }
}

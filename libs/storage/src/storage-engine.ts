import type { BlobStore } from '#libs/blob'
import type { PrincipalResolver } from '#libs/identity'
import type { Logger } from '#libs/kernel'
import type { SignedTokens } from './signing/signed-tokens.ts'
import type { StorageDatabase } from './storage-database.ts'

/** Limits that the composition sets. */
export interface StorageLimits {
  /** Bytes of one object, asked at each upload: an owner may change it while the server runs. */
  readonly uploadBytesMax: () => number | Promise<number>
  /** An upload that sends nothing for so long is given up. */
  readonly uploadSilenceMaxMs: number
  /** No upload may take longer. Must stay well below the age at which the sweep takes a blob without a row for an orphan. */
  readonly uploadDurationMaxMs: number
}

/** What the operations of this lib work with; made once. */
export interface StorageEngine {
  readonly database: StorageDatabase
  readonly blobs: BlobStore
  readonly principals: PrincipalResolver
  readonly tokens: SignedTokens
  readonly limits: StorageLimits
  readonly logger: Logger
  /** First part of every blob key: two databases that share a bucket never see each other's blobs. */
  readonly keyPrefix: () => Promise<string>
}

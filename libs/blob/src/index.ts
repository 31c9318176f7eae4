export type { BlobStore, ByteRange, StoredBlob } from './blob-store.ts'

import { type DynamicModule, Inject, Module, type OnModuleInit } from '@nestjs/common'
import type { BlobStore } from './blob-store.ts'
import { DiskBlobStore } from './disk/disk-blob-store.ts'
import { S3BlobStore, type S3Options } from './s3/s3-blob-store.ts'

/** Injection token of the process's {@link BlobStore}. */
export const BLOB_STORE = Symbol('BlobStore')

/** The driver: S3 when its options are there, else a folder of the data directory. */
export interface BlobModuleOptions {
  /** Absolute path of a folder that belongs to the store alone. */
  readonly folder: string
  readonly s3?: S3Options | undefined
}

/** Provides {@link BLOB_STORE} everywhere, opened: a store that cannot be used stops the start and says why. */
@Module({})
export class BlobModule implements OnModuleInit {
  constructor(@Inject(BLOB_STORE) private readonly store: BlobStore) {}

  /** Chooses the driver. */
  static register(options: BlobModuleOptions): DynamicModule {
    const store = options.s3 === undefined ? new DiskBlobStore(options.folder) : new S3BlobStore(options.s3)
    return { module: BlobModule, global: true, providers: [{ provide: BLOB_STORE, useValue: store }], exports: [BLOB_STORE] }
  }

  /** Opens the store. */
  async onModuleInit(): Promise<void> {
    await this.store.open()
  }
}

import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
  Optional,
} from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance } from 'fastify'
import { BLOB_STORE, type BlobStore } from '#libs/blob'
import { PrincipalResolver } from '#libs/identity'
import { LOGGER, type Logger } from '#libs/kernel'
import { RequestDatabase } from '#libs/postgres'
import { SettingsService } from '#libs/settings'
import { installationKeyPrefix } from './installation.ts'
import { SignedTokens } from './signing/signed-tokens.ts'
import { StorageDatabase } from './storage-database.ts'
import type { StorageEngine } from './storage-engine.ts'
import { registerStorageRoutes } from './storage-routes.ts'
import { storageSettings, uploadBytesMaxDefault } from './storage.settings.ts'
import { OrphanSweep } from './sweep/orphan-sweep.ts'

/** What the composition hands in. */
export interface StorageModuleOptions {
  /** Signs the tokens of signed URLs; a secret of its own, at least 32 characters, the same on every node. */
  readonly signingSecret: string
  /** Bytes of one object; asked at each upload. Default: the setting, or 50 MiB without a SettingsService. */
  readonly uploadBytesMax?: () => number | Promise<number>
  /** An upload that sends nothing for so long is given up. Default two minutes. */
  readonly uploadSilenceMaxMs?: number
}

const OPTIONS = Symbol('StorageModuleOptions')
const UPLOAD_SILENCE_MAX_MS = 120_000
const UPLOAD_DURATION_MAX_MS = 6 * 60 * 60_000

/**
 * The storage API at /storage/v1. Needs, from global modules: RequestDatabase, PrincipalResolver, BLOB_STORE, LOGGER;
 * SettingsService with {@link storageSettings} among its areas, when there is one.
 * Runs on Fastify only.
 */
@Module({})
export class StorageModule implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly engine: StorageEngine
  private readonly sweep: OrphanSweep

  constructor(
    @Inject(OPTIONS) options: StorageModuleOptions,
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
    @Inject(RequestDatabase) requests: RequestDatabase,
    @Inject(PrincipalResolver) principals: PrincipalResolver,
    @Inject(BLOB_STORE) blobs: BlobStore,
    @Inject(LOGGER) logger: Logger,
    @Optional() @Inject(SettingsService) settings: SettingsService | undefined,
  ) {
    const database = new StorageDatabase(requests)
    this.engine = {
      database,
      blobs,
      principals,
      logger,
      tokens: new SignedTokens(options.signingSecret),
      keyPrefix: installationKeyPrefix(database),
      limits: {
        uploadBytesMax: options.uploadBytesMax ?? (() => settings?.get(storageSettings).uploadBytesMax ?? uploadBytesMaxDefault),
        uploadSilenceMaxMs: options.uploadSilenceMaxMs ?? UPLOAD_SILENCE_MAX_MS,
        uploadDurationMaxMs: UPLOAD_DURATION_MAX_MS,
      },
    }
    this.sweep = new OrphanSweep(this.engine)
  }

  /** Wires the lib with the composition's options. */
  static register(options: StorageModuleOptions): DynamicModule {
    return { module: StorageModule, providers: [{ provide: OPTIONS, useValue: options }] }
  }

  /** Registers the routes. */
  async onModuleInit(): Promise<void> {
    await registerStorageRoutes(this.adapter.httpAdapter.getInstance<FastifyInstance>(), this.engine)
  }

  /** Starts the sweep for bytes without a row. */
  onApplicationBootstrap(): void {
    this.sweep.start()
  }

  /** Stops the sweep. */
  onModuleDestroy(): void {
    this.sweep.stop()
  }
}

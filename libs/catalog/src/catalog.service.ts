// Keeps the newest catalog in memory. Looks for changes are cheap and frequent, so a change is seen however it was
// made; our own DDL and the change feed's notices make it immediate. Loads never overlap.
import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { CLOCK, LOGGER, type Clock, type Logger } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'
import { catalogErrors } from './catalog.errors.ts'
import { CatalogReader } from './catalog.reader.ts'
import { directiveWarnings } from './directive-warnings.ts'
import { frozenSettingWarnings } from './frozen-settings.ts'
import type { Catalog } from './model.ts'

/** Token of {@link CatalogOptions}. */
export const CATALOG_OPTIONS = Symbol('CatalogOptions')

/** How the catalog is read. */
export interface CatalogOptions {
  /** Exposed schemas, the first is the default. */
  readonly schemas: readonly string[]
  /** Schemas whose functions may compute over rows, and whose media types count, besides the exposed ones. Default none. */
  readonly extraSearchPath?: readonly string[]
  /** Logins of the request pools: the roles they may take are the catalog's roles. Default plinth_api and plinth_service. */
  readonly logins?: readonly string[]
  /** How often a look for changes is taken. Default 100; less often when looks take long. */
  readonly pollIntervalMs?: number
}

/** Told after a new version is in place. */
export type CatalogListener = (catalog: Catalog) => void

/** Looking because a name was not found happens at most this often: such requests come from strangers. */
const STALE_CHECK_INTERVAL_MS = 100

/** Looks take at most one part in so many of the database's time, however large the schema is. */
const LOOK_SHARE = 5

/** The catalog of the exposed schemas, always the newest that was read. */
@Injectable()
export class CatalogService implements OnModuleInit, OnModuleDestroy {
  private catalog: Catalog | undefined
  private readonly reader: CatalogReader
  private loading: Promise<Catalog> | undefined
  private queued: Promise<Catalog> | undefined
  private checking: Promise<boolean> | undefined
  private asked: Promise<void> | undefined
  private lastAskedMs = 0
  private lookMs = 0
  private timer: NodeJS.Timeout | undefined
  private stopped = false
  private failing = false
  private warned: ReadonlySet<string> = new Set()
  private readonly listeners = new Set<CatalogListener>()

  constructor(
    @Inject(PlatformDatabase) database: PlatformDatabase,
    @Inject(CATALOG_OPTIONS) private readonly options: CatalogOptions,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    const { schemas, extraSearchPath = [], logins = ['plinth_api', 'plinth_service'] } = options
    this.reader = new CatalogReader(database, { schemas, extraSearchPath, logins })
  }

  /** Loads the catalog and starts polling. A database that is away does not stop the start: polling goes on. */
  async onModuleInit(): Promise<void> {
    await this.check().catch((error: unknown) => this.noteFailure(error))
    this.schedule()
  }

  /** Stops polling and waits for a load that is under way. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await Promise.allSettled([this.loading, this.queued, this.checking])
    this.listeners.clear()
  }

  /** The newest catalog. @throws AppError catalog/not_loaded (503) until the first load succeeded. */
  current(): Catalog {
    if (this.catalog === undefined) throw catalogErrors.not_loaded()
    return this.catalog
  }

  /**
   * Reads the catalog again; what was committed before the call is in the result. A load that already runs may have
   * read too early, so one more follows it, and all who ask meanwhile share that one.
   */
  reload(): Promise<Catalog> {
    if (this.loading === undefined) return this.load()
    this.queued ??= this.loading.then(
      () => this.load(),
      () => this.load(),
    )
    return this.queued
  }

  /** Says that DDL was committed somewhere; the reload happens by itself. */
  noticeDdl(): void {
    if (!this.stopped) this.reload().catch((error: unknown) => this.noteFailure(error))
  }

  /**
   * A name was not found: looks whether the database has changed. True when there is a newer catalog now; what was committed
   * before the call is in it. Rate limited: those who ask within a tenth of a second share one look and wait for it.
   */
  async refreshIfStale(): Promise<boolean> {
    const before = this.catalog?.version
    this.asked ??= this.lookWhenAllowed()
    await this.asked.catch(() => undefined)
    return this.catalog?.version !== before
  }

  private async lookWhenAllowed(): Promise<void> {
    // A look that already runs may have read too early.
    await this.checking?.catch(() => undefined)
    const waitMs = this.lastAskedMs + STALE_CHECK_INTERVAL_MS - this.clock.nowMs()
    if (waitMs > 0) await sleep(waitMs)
    // Whoever asks from here on is too late for this look.
    this.asked = undefined
    this.lastAskedMs = this.clock.nowMs()
    if (!this.stopped) await this.check()
  }

  /** Calls `listener` after each new version. Returns how to stop that. */
  onChange(listener: CatalogListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Looks, and loads when something has moved. */
  private check(): Promise<boolean> {
    this.checking ??= this.compareAndLoad().finally(() => {
      this.checking = undefined
    })
    return this.checking
  }

  private async compareAndLoad(): Promise<boolean> {
    const before = this.catalog?.version
    const startedMs = this.clock.nowMs()
    const moved = await this.reader.look()
    this.lookMs = this.clock.nowMs() - startedMs
    // A load that is under way may have read before; reload() has one follow it.
    if (moved) await (this.loading === undefined ? this.load(true) : this.reload())
    this.failing = false
    return this.catalog?.version !== before
  }

  private load(afterLook = false): Promise<Catalog> {
    const loading = this.read(afterLook).finally(() => {
      if (this.loading === loading) this.loading = undefined
    })
    this.loading = loading
    this.queued = undefined
    return loading
  }

  private async read(afterLook: boolean): Promise<Catalog> {
    const catalog = await this.reader.load(afterLook)
    if (catalog === this.catalog) return catalog
    this.catalog = catalog
    this.logger.debug({ version: catalog.version, relations: catalog.relations.size, functions: catalog.functions.size }, 'catalog loaded')
    this.warn(catalog)
    for (const listener of this.listeners) this.tell(listener, catalog)
    return catalog
  }

  /** What owners wrote in vain, or against their own interest; what the version before had already is not said again. */
  private warn(catalog: Catalog): void {
    const warnings = new Set([...directiveWarnings(catalog), ...frozenSettingWarnings(catalog)])
    for (const warning of warnings) if (!this.warned.has(warning)) this.logger.warn(warning)
    this.warned = warnings
  }

  private tell(listener: CatalogListener, catalog: Catalog): void {
    try {
      listener(catalog)
    } catch (error) {
      this.logger.error({ err: error }, 'a listener of the catalog failed')
    }
  }

  private schedule(): void {
    if (this.stopped) return
    this.timer = setTimeout(
      () => {
        void this.check()
          .catch((error: unknown) => this.noteFailure(error))
          .finally(() => this.schedule())
      },
      Math.max(this.options.pollIntervalMs ?? 100, this.lookMs * LOOK_SHARE),
    )
    this.timer.unref()
  }

  /** A database that is away is logged once, not twice a second. */
  private noteFailure(error: unknown): void {
    if (this.failing || this.stopped) return
    this.failing = true
    this.logger.warn({ err: error }, 'the catalog could not be read; trying again')
  }
}

// The owner's documents: the only ones that run when the allow-list is on, and always those that a client may call by
// their hash or name. Kept in memory; other nodes tell of their changes, and because such a message may get lost, changes are
// looked for every few seconds, too.
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit, Optional } from '@nestjs/common'
import { MessageBus } from '#libs/bus'
import { LOGGER, type Logger } from '#libs/kernel'
import { DatabaseError, PlatformDatabase } from '#libs/postgres'
import { graphqlErrors } from '../graphql.errors.ts'
import { ADD_DOCUMENT, DOCUMENTS_VERSION, LIST_DOCUMENTS, REMOVE_DOCUMENT } from './allow-list.sql.ts'
import { essenceOf, hashOf } from './document-text.ts'

/** A document of the list. `hash` is the SHA-256 of its text. */
export interface AllowedDocument {
  readonly hash: string
  readonly name: string | null
  readonly document: string
  readonly createdAt: Date
}

/** What is put on the list. */
export interface AllowedDocumentInput {
  readonly document: string
  readonly name?: string | null
}

const RELOAD_MS = 10_000
const CHANGED_TOPIC = 'graphql.documents'
/** Documents of a build are generated, and may be long. */
const TOKENS_MAX = 1_000_000
const NAME_PATTERN = /^[\w.:/-]{1,200}$/

/** The allow-list. */
@Injectable()
export class AllowList implements OnModuleInit, OnModuleDestroy {
  private byName: ReadonlyMap<string, string> = new Map()
  private essences: ReadonlySet<string> = new Set()
  private version = ''
  private timer: NodeJS.Timeout | undefined
  private reloading: Promise<void> = Promise.resolve()
  private stopHearing: (() => Promise<void>) | undefined
  private readonly listeners = new Set<() => void>()

  constructor(
    @Inject(PlatformDatabase) private readonly database: PlatformDatabase,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(MessageBus) private readonly bus?: MessageBus,
  ) {}

  /** Reads the list, and from then on looks for changes. */
  async onModuleInit(): Promise<void> {
    await this.reload()
    const look = () => {
      this.reload().catch((error: unknown) =>
        this.logger.warn({ err: error }, 'the GraphQL allow-list could not be read again; the known one stays'),
      )
    }
    this.timer = setInterval(look, RELOAD_MS)
    this.timer.unref()
    this.bus?.subscribe(CHANGED_TOPIC, look).then(
      (stop) => (this.stopHearing = stop),
      (error: unknown) => this.logger.error({ err: error }, 'changes of the GraphQL allow-list on other nodes are seen late'),
    )
  }

  /** Stops looking for changes. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer)
    await this.stopHearing?.()
  }

  /** Calls back after every change of the list. */
  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }

  /** Is this document, or one that differs only in white space, comments and `__typename`, on the list? */
  allows(text: string, tokensMax: number): boolean {
    if (this.byName.has(hashOf(text))) return true
    const essence = essenceOf(text, tokensMax)
    return essence !== undefined && this.essences.has(hashOf(essence))
  }

  /** The text of a document by its hash or name. */
  find(id: string): string | undefined {
    return this.byName.get(id)
  }

  /** Every document, oldest first. */
  list(): Promise<AllowedDocument[]> {
    return this.database.query<AllowedDocument>(LIST_DOCUMENTS, [])
  }

  /** Puts a document on the list; one that is there already gets the name. */
  async add({ document, name = null }: AllowedDocumentInput): Promise<AllowedDocument> {
    if (essenceOf(document, TOKENS_MAX) === undefined) throw graphqlErrors.document_invalid()
    // A name that looks like a hash could stand for another document.
    if (name !== null && (!NAME_PATTERN.test(name) || /^(?:sha256:)?[0-9a-f]{64}$/i.test(name))) throw graphqlErrors.document_name_invalid()
    try {
      const [added] = await this.database.query<AllowedDocument>(ADD_DOCUMENT, [hashOf(document), name, document])
      await this.changed()
      return added!
    } catch (error) {
      if (error instanceof DatabaseError && error.sqlstate === '23505') throw graphqlErrors.document_name_taken({ cause: error })
      throw error
    }
  }

  /** Takes a document from the list. */
  async remove(hash: string): Promise<void> {
    const removed = await this.database.query(REMOVE_DOCUMENT, [hash])
    if (removed.length === 0) throw graphqlErrors.document_not_found()
    await this.changed()
  }

  /** Other nodes that miss the message see the change when they look next. */
  private async changed(): Promise<void> {
    await this.reload()
    this.bus
      ?.publish(CHANGED_TOPIC, this.version)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'other nodes could not be told'))
  }

  /** One after the other: an older list must not replace a newer one. */
  private reload(): Promise<void> {
    const next = this.reloading.catch(() => undefined).then(() => this.read())
    this.reloading = next
    return next
  }

  private async read(): Promise<void> {
    const [row] = await this.database.query<{ version: string }>(DOCUMENTS_VERSION, [])
    if (row!.version === this.version) return
    const documents = await this.list()
    const byName = new Map<string, string>()
    const essences = new Set<string>()
    for (const { hash, name, document } of documents) {
      byName.set(hash, document)
      if (name !== null) byName.set(name, document)
      essences.add(hashOf(essenceOf(document, TOKENS_MAX)!))
    }
    this.byName = byName
    this.essences = essences
    this.version = row!.version
    for (const listener of this.listeners) listener()
  }
}

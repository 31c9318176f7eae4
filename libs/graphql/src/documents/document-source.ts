// Where a request's document comes from: the request itself, the allow-list, or what clients registered by hash.
import { Inject, Injectable } from '@nestjs/common'
import { graphqlErrors, GraphQLFailure, type GraphQLErrorCode } from '../graphql.errors.ts'
import type { SentOperation } from '../http/request-body.ts'
import { AllowList } from './allow-list.ts'
import { hashOf } from './document-text.ts'
import { PersistedQueries } from './persisted-queries.ts'

/** A document that was found, and what to do once it has proven to be one. */
export interface FoundDocument {
  readonly query: string
  /** Registers the document under the hash that came with it. */
  readonly keep?: () => void
}

/** Finds documents. */
@Injectable()
export class DocumentSource {
  private readonly registered = new PersistedQueries()

  constructor(@Inject(AllowList) private readonly allowList: AllowList) {}

  /** The document of a request that names it in another way than by its text. */
  find({ query, documentId, persistedHash }: SentOperation, mayRegister: boolean): FoundDocument {
    if (documentId !== undefined) return { query: this.byId(documentId) }
    const hash = persistedHash!.toLowerCase()
    if (query === undefined) return { query: this.byHash(hash, mayRegister) }
    if (!mayRegister) return { query }
    if (hashOf(query) !== hash) throw failure('persisted_query_mismatch', 'bad-request', 400)
    return { query, keep: () => this.registered.keep(hash, query) }
  }

  private byId(id: string): string {
    const found = this.allowList.find(/^sha256:/i.test(id) ? id.slice('sha256:'.length).toLowerCase() : id)
    if (found === undefined) throw failure('persisted_document_unknown', 'validation-failed', 400)
    return found
  }

  private byHash(hash: string, mayRegister: boolean): string {
    const found = this.allowList.find(hash) ?? (mayRegister ? this.registered.find(hash) : undefined)
    if (found !== undefined) return found
    // Clients look for these words and codes, and then send the document or stop asking.
    if (mayRegister) throw failure('persisted_query_not_found', 'PERSISTED_QUERY_NOT_FOUND', 200)
    throw failure('persisted_query_not_supported', 'PERSISTED_QUERY_NOT_SUPPORTED', 200)
  }
}

function failure(
  name: 'persisted_query_mismatch' | 'persisted_document_unknown' | 'persisted_query_not_found' | 'persisted_query_not_supported',
  code: GraphQLErrorCode,
  status: number,
): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors[name]().message, code, '$', status)
}

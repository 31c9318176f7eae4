// What an owner does with the dialect through the admin API, in its terms: plain values and AppErrors.
import { Inject, Injectable } from '@nestjs/common'
import { AllowList, type AllowedDocument, type AllowedDocumentInput } from '../documents/allow-list.ts'
import { graphqlErrors, GraphQLFailure } from '../graphql.errors.ts'
import { type ExplainedField, ExplainOperation } from './explain-operation.ts'

/** A document of the allow-list on the wire; times are ISO 8601. */
export type OwnersDocument = Omit<AllowedDocument, 'createdAt'> & { readonly createdAt: string }

/** The allow-list and explanations. The caller has checked that an owner asks. */
@Injectable()
export class GraphqlOwnerApi {
  constructor(
    @Inject(AllowList) private readonly documents: AllowList,
    @Inject(ExplainOperation) private readonly operations: ExplainOperation,
  ) {}

  /** Documents of the allow-list, oldest first. */
  async list(): Promise<OwnersDocument[]> {
    return (await this.documents.list()).map(onWire)
  }

  /** Puts a document on the list; one that is there already gets the name. */
  async add(input: AllowedDocumentInput): Promise<OwnersDocument> {
    return onWire(await this.documents.add(input))
  }

  /** Takes a document from the list. */
  remove(hash: string): Promise<void> {
    return this.documents.remove(hash)
  }

  /** {@link ExplainOperation}; what GraphQL refuses is `explain_refused` with its words. */
  async explain(input: unknown): Promise<ExplainedField[]> {
    try {
      return await this.operations.run(input)
    } catch (error) {
      if (!(error instanceof GraphQLFailure)) throw error
      throw graphqlErrors.explain_refused({ params: { reason: error.message, path: error.path }, cause: error })
    }
  }
}

function onWire(document: AllowedDocument): OwnersDocument {
  return { ...document, createdAt: new Date(document.createdAt).toISOString() }
}

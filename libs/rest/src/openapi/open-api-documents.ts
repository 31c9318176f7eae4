// Documents are made when somebody asks, and kept while the catalog stays as it is.
import { createHash } from 'node:crypto'
import type { Catalog } from '#libs/catalog'
import { writeDocument } from './document-parts.ts'
import { openApiSource } from './openapi-3.ts'
import { swaggerSource } from './swagger-2.ts'

/** `swagger` is OpenAPI 2.0 as at the root, `openapi` is 3.1. */
export type DocumentKind = 'swagger' | 'openapi'

/** A document as it goes out. */
export interface OpenApiDocument {
  readonly body: string
  /** Of the content: equal documents have equal tags, on every node and after a restart. */
  readonly etag: string
}

/** Whose document of what. */
export interface DocumentRequest {
  readonly kind: DocumentKind
  readonly schema: string
  readonly role: string
}

interface Kept {
  readonly document: Promise<OpenApiDocument>
  /** 0 until it is made. */
  size: number
}

/** Makes and keeps documents, bounded in number and size. */
export class OpenApiDocuments {
  private readonly kept = new Map<string, Kept>()
  private catalog: Catalog | undefined

  constructor(
    private readonly server: { readonly publicUrl: string; readonly version: string },
    private readonly limits: { readonly documents: number; readonly characters: number } = { documents: 64, characters: 64_000_000 },
  ) {}

  /** The document of `catalog`; the same one for everybody who asks while it is made. */
  document(catalog: Catalog, request: DocumentRequest): Promise<OpenApiDocument> {
    if (catalog !== this.catalog) {
      this.kept.clear()
      this.catalog = catalog
    }
    // Roles without rights here see the same empty document; their names come from tokens and could be many.
    const role = catalog.roles.has(request.role) ? request.role : ''
    const key = JSON.stringify([request.kind, request.schema, role])
    const known = this.kept.get(key)
    if (known !== undefined) {
      this.kept.delete(key)
      this.kept.set(key, known)
      return known.document
    }
    const kept: Kept = { document: this.make(catalog, { ...request, role }), size: 0 }
    this.kept.set(key, kept)
    kept.document.then(
      ({ body }) => {
        kept.size = body.length
        this.trim()
      },
      () => {
        if (this.kept.get(key) === kept) this.kept.delete(key)
      },
    )
    return kept.document
  }

  private async make(catalog: Catalog, { kind, schema, role }: DocumentRequest): Promise<OpenApiDocument> {
    const context = { catalog, schema, role, ...this.server }
    const body = await writeDocument(kind === 'swagger' ? swaggerSource(context) : openApiSource(context))
    return { body, etag: `"${createHash('sha1').update(body).digest('base64url')}"` }
  }

  /** The least recently asked for go first. */
  private trim(): void {
    let characters = 0
    for (const { size } of this.kept.values()) characters += size
    for (const [key, { size }] of this.kept) {
      if (this.kept.size <= this.limits.documents && characters <= this.limits.characters) return
      this.kept.delete(key)
      characters -= size
    }
  }
}

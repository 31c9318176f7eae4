// The OpenAPI 3.1 document at /rest/v1/openapi.json: the same walk as 2.0, with schemas for rows, inserts and updates,
// examples, answers, errors and keys.
import type { DocumentContext, DocumentSource, Part } from './document-parts.ts'
import { ComponentNames } from './component-names.ts'
import { functionPath } from './function-operations.ts'
import { sharedHeaders, sharedParameters, sharedResponses, errorSchema } from './shared-components.ts'
import { surfaceOf, tableSurface } from './surface.ts'
import { tablePaths, type OperationContext } from './table-operations.ts'
import { tableSchemas } from './table-schemas.ts'
import { TypeSchemas } from './type-schemas.ts'
import { splitComment } from './type-name.ts'

/** What Postgres itself says of public. */
const DEFAULT_COMMENT = 'standard public schema'

/** The document of one schema for one role. */
export function openApiSource(context: DocumentContext): DocumentSource {
  const { catalog, schema } = context
  const comment = catalog.schemaComments.get(schema) ?? null
  const { summary, description } = splitComment(comment === DEFAULT_COMMENT ? null : comment)
  return {
    head: {
      openapi: '3.1.1',
      info: {
        title: summary ?? `REST API of ${schema}`,
        description: description ?? 'The tables, views and functions that the caller may use.',
        version: context.version,
      },
      servers: [{ url: `${context.publicUrl}/rest/v1` }],
      // Both ways in: a key alone is the anonymous role (or the service), a key and a token are a user.
      security: [{ apikey: [] }, { apikey: [], bearer: [] }, { bearer: [] }],
      components: {
        schemas: { Error: errorSchema },
        headers: sharedHeaders,
        responses: sharedResponses,
        parameters: sharedParameters(schema, catalog.schemas),
        securitySchemes: {
          apikey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'A publishable or secret key of the project.' },
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a signed-in user.' },
        },
      },
    },
    sections: ['paths', 'components.schemas', 'components.parameters'],
    parts: partsOf(context),
  }
}

function* partsOf({ catalog, schema, role }: DocumentContext): Generator<Part> {
  const names = new ComponentNames()
  names.of('schemas', 'Error')
  for (const name of Object.keys(sharedParameters(schema, catalog.schemas))) names.of('parameters', name)
  const { relations, functions } = surfaceOf(catalog, schema, role)
  // Names of rows first: what else is called alike gives way, whatever the order.
  for (const relation of relations) names.of('schemas', relation.name)
  const operation: OperationContext = {
    names,
    types: new TypeSchemas(names, schema),
    profiles: catalog.schemas.length > 1,
    visible: new Set(relations),
    role,
  }
  for (const relation of relations) {
    const table = tableSurface(relation, role)
    const schemas = tableSchemas(operation, table)
    const { path, parameters } = tablePaths(operation, table)
    yield {
      paths: { [`/${encodeURIComponent(relation.name)}`]: path },
      'components.schemas': { ...schemas, ...operation.types.takeFresh() },
      'components.parameters': parameters,
    }
  }
  for (const fn of functions) {
    const path = functionPath(operation, fn)
    yield { paths: { [`/rpc/${encodeURIComponent(fn.name)}`]: path }, 'components.schemas': operation.types.takeFresh() }
  }
}

// The operations on a table or view: only those that the role may do.
import type { Relation } from '#libs/catalog'
import type { ComponentNames } from './component-names.ts'
import { exampleOf, filterExample } from './examples.ts'
import { reservedParameters, type ColumnSurface, type TableSurface } from './surface.ts'
import { insertExample, updateExample } from './table-schemas.ts'
import { splitComment } from './type-name.ts'
import type { TypeSchemas } from './type-schemas.ts'

/** What operations are made with. */
export interface OperationContext {
  readonly names: ComponentNames
  readonly types: TypeSchemas
  /** Several schemas are exposed, so that operations have to name theirs. */
  readonly profiles: boolean
  /** Relations that have a component of their own. */
  readonly visible: ReadonlySet<Relation>
  readonly role: string
}

const NO_CONTENT = { $ref: '#/components/responses/NoContent' }
const ERROR = { $ref: '#/components/responses/Error' }

/** The path item of a table, and the parameters that stand for filters on its columns. */
export function tablePaths(context: OperationContext, table: TableSurface) {
  const { name } = table.relation
  const filters = table.columns.filter(({ column, read }) => read && !reservedParameters.has(column.name))
  const { summary, description } = splitComment(table.relation.comment)
  const tags = [name]
  const about = (verb: string, what: string) => ({
    tags,
    summary: summary === undefined ? what : `${what}: ${summary}`,
    description,
    operationId: context.names.of('operations', `${verb}_${name}`),
  })
  const rows = filters.map(({ column }) => context.names.ref('parameters', 'filter', name, column.name))
  const conditions = [...rows, shared('and'), shared('or')]
  const path = {
    get: table.read ? { ...about('list', 'Read rows'), ...readOperation(context, name, conditions) } : undefined,
    post: table.insert ? { ...about('insert', 'Insert rows'), ...insertOperation(context, table) } : undefined,
    patch: table.update ? { ...about('update', 'Update the rows that match'), ...updateOperation(context, table, conditions) } : undefined,
    delete: table.delete ? { ...about('delete', 'Delete the rows that match'), ...deleteOperation(context, table, conditions) } : undefined,
  }
  return { path, parameters: Object.fromEntries(filters.map((column) => filterParameter(context, name, column))) }
}

function filterParameter({ names }: OperationContext, table: string, { column }: ColumnSurface): [string, unknown] {
  return [
    names.of('parameters', 'filter', table, column.name),
    {
      name: column.name,
      in: 'query',
      description: column.comment ?? undefined,
      schema: { type: 'string' },
      example: filterExample(column.type, exampleOf(column)),
    },
  ]
}

function readOperation({ names, profiles }: OperationContext, name: string, conditions: readonly unknown[]) {
  const row = names.ref('schemas', name)
  const content = rowsContent(row)
  const headers = {
    'Content-Range': sharedHeader('ContentRange'),
    'Preference-Applied': sharedHeader('PreferenceApplied'),
    Link: sharedHeader('Link'),
  }
  return {
    parameters: [
      ...conditions,
      ...['select', 'order', 'limit', 'offset', 'range', 'preferRead'].map(shared),
      ...(profiles ? [shared('acceptProfile')] : []),
    ],
    responses: {
      200: { description: 'The rows, in full unless select= asks for less.', headers, content },
      206: { description: 'Some of the rows, when a count was asked for.', headers, content },
      default: ERROR,
    },
  }
}

function insertOperation(context: OperationContext, table: TableSurface) {
  const { names } = context
  const { name } = table.relation
  const row = names.ref('schemas', name, 'insert')
  const example = insertExample(table)
  return {
    parameters: writeParameters(context, ['columns', 'onConflict', 'select', 'preferInsert']),
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { oneOf: [row, { type: 'array', items: row }] },
          examples: { one: { summary: 'One row', value: example }, many: { summary: 'Several rows', value: [example] } },
        },
        'text/csv': { schema: { type: 'string', description: 'A line of column names, then a line for each row.' } },
      },
    },
    responses: {
      201: {
        description: 'The rows were inserted.',
        headers: { Location: sharedHeader('Location') },
        content: table.read ? rowsContent(names.ref('schemas', name)) : undefined,
      },
      200: { description: 'An upsert that changed existing rows only.' },
      default: ERROR,
    },
  }
}

function updateOperation(context: OperationContext, table: TableSurface, conditions: readonly unknown[]) {
  const { name } = table.relation
  return {
    parameters: [...conditions, ...writeParameters(context, ['columns', 'order', 'limit', 'select', 'preferChange'])],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: context.names.ref('schemas', name, 'update'), example: updateExample(table) } },
    },
    responses: changeResponses(context, table, 'The rows were updated.'),
  }
}

function deleteOperation(context: OperationContext, table: TableSurface, conditions: readonly unknown[]) {
  return {
    parameters: [...conditions, ...writeParameters(context, ['order', 'limit', 'select', 'preferChange'])],
    responses: changeResponses(context, table, 'The rows were deleted.'),
  }
}

function changeResponses({ names }: OperationContext, table: TableSurface, description: string) {
  const rows = table.read
    ? {
        200: {
          description: `${description} They come with \`Prefer: return=representation\`.`,
          content: rowsContent(names.ref('schemas', table.relation.name)),
        },
      }
    : {}
  return { ...rows, 204: NO_CONTENT, default: ERROR }
}

/** JSON only: with the other media types (CSV, one object) in the list, generators would type every answer as any of them. */
function rowsContent(row: unknown) {
  return { 'application/json': { schema: { type: 'array', items: row } } }
}

function writeParameters({ profiles }: OperationContext, names: readonly string[]) {
  return [...names, ...(profiles ? ['contentProfile'] : [])].map(shared)
}

function shared(name: string): { readonly $ref: string } {
  return { $ref: `#/components/parameters/${name}` }
}

function sharedHeader(name: string): { readonly $ref: string } {
  return { $ref: `#/components/headers/${name}` }
}

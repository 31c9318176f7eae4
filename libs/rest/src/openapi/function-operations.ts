// Calls of functions: POST with the arguments as one object, GET where nothing is written.
import { baseType } from '#libs/query'
import type { DatabaseFunction, FunctionArgument } from '#libs/catalog'
import { exampleOfType } from './examples.ts'
import { wholeBodyArgument, type FunctionSurface } from './surface.ts'
import type { OperationContext } from './table-operations.ts'
import { splitComment } from './type-name.ts'
import type { Schema } from './type-schemas.ts'

const wholeBodyMediaTypes: Readonly<Record<string, string>> = { text: 'text/plain', bytea: 'application/octet-stream', xml: 'text/xml' }

/** The path item of a function's name, all overloads together. */
export function functionPath(context: OperationContext, fn: FunctionSurface) {
  const [first] = fn.overloads
  const { summary, description } = splitComment(first.comment)
  const about = { tags: [`rpc ${fn.name}`], summary: summary ?? `Call ${fn.name}`, description }
  const operationId = (verb: string) => context.names.of('operations', `${verb}_${fn.name}`)
  const responses = responsesOf(context, fn)
  const profile = (name: string) => (context.profiles ? [{ $ref: `#/components/parameters/${name}` }] : undefined)
  return {
    get: fn.readable
      ? {
          ...about,
          operationId: operationId('query'),
          parameters: [...queryArguments(context, fn), ...(profile('acceptProfile') ?? [])],
          responses,
        }
      : undefined,
    post: {
      ...about,
      operationId: operationId('call'),
      parameters: profile('contentProfile'),
      requestBody: requestBody(context, fn),
      responses,
    },
  }
}

function requestBody(context: OperationContext, { overloads }: FunctionSurface) {
  const content: Record<string, unknown> = {}
  const named: DatabaseFunction[] = []
  for (const fn of overloads) {
    const whole = wholeBodyArgument(fn)
    if (whole === undefined) named.push(fn)
    else content[wholeBodyMediaTypes[whole.type.name] ?? 'application/json'] = { schema: context.types.of(whole.type, true) }
  }
  const [first, ...others] = named.map((fn) => argumentsSchema(context, fn))
  if (first !== undefined) {
    const schema = others.length === 0 ? first : { anyOf: [first, ...others] }
    content['application/json'] = { schema, example: argumentsExample(named[0]!) }
  }
  const required = overloads.every((fn) => fn.arguments.some((argument) => !isOptional(argument)))
  return { required, content }
}

function argumentsSchema({ types }: OperationContext, fn: DatabaseFunction): Schema {
  const required = fn.arguments.filter((argument) => !isOptional(argument)).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(fn.arguments.map(({ name, type }) => [name, types.of(type, true)])),
    required: required.length === 0 ? undefined : required,
  }
}

function argumentsExample(fn: DatabaseFunction): Readonly<Record<string, unknown>> {
  const told = fn.arguments.filter((argument) => !isOptional(argument))
  return Object.fromEntries(told.map(({ name, type }) => [name, exampleOfType(type, name) ?? null]))
}

/** Every overload's arguments; one that not all of them need is optional. */
function queryArguments({ types }: OperationContext, { overloads }: FunctionSurface) {
  const byName = new Map<string, FunctionArgument>()
  for (const fn of overloads) for (const argument of fn.arguments) if (argument.name !== '') byName.set(argument.name, argument)
  return [...byName.values()].map((argument) => {
    const { name, type, mode } = argument
    const required = overloads.every((fn) => fn.arguments.some((own) => own.name === name && !isOptional(own)))
    if (mode === 'variadic') return { name, in: 'query', required, schema: types.of(type, false), explode: true }
    // Arrays are written as {…} and documents as JSON text: a query string has no structure.
    const structured = baseType(type).kind === 'array' || baseType(type).kind === 'composite' || baseType(type).name.startsWith('json')
    return { name, in: 'query', required, schema: structured ? { type: 'string' } : types.of(type, false) }
  })
}

function isOptional(argument: FunctionArgument): boolean {
  return argument.hasDefault || argument.mode === 'variadic'
}

function responsesOf(context: OperationContext, { overloads }: FunctionSurface) {
  const schemas = overloads.filter((fn) => fn.returnType.name !== 'void').map((fn) => resultSchema(context, fn))
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  const schema = distinct.length === 1 ? distinct[0]! : { anyOf: distinct }
  return {
    ...(distinct.length > 0 ? { 200: { description: 'What the function returned.', content: { 'application/json': { schema } } } } : {}),
    ...(schemas.length < overloads.length ? { 204: { $ref: '#/components/responses/NoContent' } } : {}),
    default: { $ref: '#/components/responses/Error' },
  }
}

function resultSchema(context: OperationContext, fn: DatabaseFunction): Schema {
  const value = valueSchema(context, fn)
  return fn.returnsSet ? { type: 'array', items: value } : value
}

function valueSchema({ names, types, visible, role }: OperationContext, fn: DatabaseFunction): Schema {
  const { resultRelation, returnRelation } = fn
  if (returnRelation !== null && visible.has(returnRelation)) {
    const readable = returnRelation.privilegesOf(role).select.size
    // The function shows whole rows, whatever the role may read of the table itself.
    if (readable > 0 && readable === returnRelation.columns.length) return names.ref('schemas', returnRelation.name)
  }
  if (resultRelation === null) return types.of(fn.returnType, true)
  return {
    type: 'object',
    properties: Object.fromEntries(resultRelation.columns.map((column) => [column.name, types.of(column.type, column.nullable)])),
    required: resultRelation.columns.length === 0 ? undefined : resultRelation.columns.map(({ name }) => name),
  }
}

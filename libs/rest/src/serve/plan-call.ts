// Calls of functions under /rpc.
import type { Catalog, DatabaseFunction, FunctionArgument } from '#libs/catalog'
import { arrayLiteral } from '#libs/postgres'
import { compile, type CallNode, type ValueNode } from '#libs/query'
import { bodyText, type BodyForm, type FormBody, type RequestBody } from '../parse/body.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import type { FilterValue, ParsedQuery } from '../parse/syntax.ts'
import { chooseFunction, hasOneUnnamedArgument, isArgumentOf, type CallBody } from '../resolve/functions.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { bodyNode, countNode, fieldsNode, valuesNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { answerOf, guardOf, mediaOf, topCount, topOffset, withRange, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a call. */
export function planCall(context: ResolveContext, request: RestRequest): Planned {
  const { method } = request
  if (method === 'PATCH' || method === 'DELETE' || method === 'PUT') throw restError('PGRST101', { method })
  const { catalog, schema } = context
  const isArgument = method === 'POST' ? undefined : isArgumentOf(catalog, schema, request.target.name)
  const query = withRange(parseQuery(parametersOf(request.query, true), isArgument), request.range)
  const call = method === 'POST' ? callOfBody(catalog, request, query) : callOfQuery(catalog, request, query)
  const fn = call.function
  const node: CallNode = {
    kind: 'call',
    function: fn,
    arguments: call.arguments,
    argumentsFrom: call.argumentsFrom,
    valuesMax: countNode(topCount(query, 'limit'), context.rowsMax),
    valuesOffset: countNode(topCount(query, 'offset')),
    read: fn.resultRelation === null ? null : resolveRead(context, fn.resultRelation, query, fn.returnsSet),
  }
  if (node.read === null && (query.filters.length > 0 || query.logic.length > 0)) {
    throw restError('undefined_column', { column: `${fn.name}.${query.filters[0]?.field.name ?? ''}` })
  }
  const media = mediaOf(context, request, { relation: fn.resultRelation, function: fn, defaultSelect: query.select === undefined })
  const answer = answerOf(context, request, 'call', media)
  if (answer.maxAffected !== undefined && !fn.returnsSet) throw restError('PGRST128')
  const single = answer.single && fn.returnsSet
  const readOnly = method !== 'POST' || fn.volatility !== 'volatile'
  const guard = readOnly ? undefined : guardOf({ ...answer, single })
  const isVoid = fn.returnType.name === 'void'
  // The planner knows nothing of a function's rows, so an estimate is the count.
  const counts = request.preferences.count === 'exact' || request.preferences.count === 'estimated'
  return {
    statement: compile(node, { ...media.options, total: counts && fn.returnsSet, guard }),
    readOnly,
    bodyForm: call.bodyForm,
    function: fn,
    answer: {
      ...answer,
      hasBody: answer.hasBody && !isVoid,
      isVoid,
      single,
      countsChanges: counts && !fn.returnsSet,
      offset: topOffset(query),
    },
  }
}

/** The function and what it is called with. */
interface Call extends Pick<CallNode, 'function' | 'arguments' | 'argumentsFrom'> {
  readonly bodyForm?: BodyForm
}

/** GET and HEAD: parameters named like arguments. */
function callOfQuery(catalog: Catalog, { schema, target }: RestRequest, query: ParsedQuery): Call {
  const fn = chooseFunction(catalog, schema, target.name, [...query.arguments.keys()])
  const given = [...query.arguments].map(([name, values]) => argumentOf(fn, name, (argument) => valueOf(argument, values)))
  return { function: fn, arguments: given }
}

function callOfBody(catalog: Catalog, { schema, target, body }: RestRequest, { columns }: ParsedQuery): Call {
  if (body === undefined) return { function: chooseFunction(catalog, schema, target.name, [], { unnamedBody: 'json' }), arguments: [] }
  const given = columns === undefined || body.kind === 'form' ? body.keys : [...new Set(columns)]
  const taken: CallBody = { unnamedBody: body.kind === 'form' ? undefined : body.kind === 'raw' ? body.type : 'json' }
  const fn = chooseFunction(catalog, schema, target.name, given, taken)
  if (hasOneUnnamedArgument(fn)) {
    const value = { ...bodyNode(bodyText(body, 'whole')), type: fn.arguments[0]!.type }
    return { function: fn, arguments: [{ name: '', value }], bodyForm: 'whole' }
  }
  if (body.kind === 'form') {
    return { function: fn, arguments: given.map((name) => argumentOf(fn, name, (argument) => fieldOf(argument, body))) }
  }
  if (given.length === 0) return { function: fn, arguments: [] }
  return { function: fn, arguments: [], argumentsFrom: { names: given, object: bodyNode(objectOf(body)) }, bodyForm: 'object' }
}

/** A JSON body as the one object whose keys are the arguments. */
function objectOf(body: RequestBody): string {
  if (body.kind !== 'json' || !body.isRows || body.rowCount !== 1) {
    throw restError('PGRST102', { reason: 'The arguments of a function are one json object' })
  }
  return bodyText(body, 'object')
}

function argumentOf(fn: DatabaseFunction, name: string, value: (argument: FunctionArgument) => ValueNode): CallNode['arguments'][number] {
  const argument = fn.arguments.find((candidate) => candidate.name === name)!
  return { name, value: value(argument), variadic: argument.mode === 'variadic' }
}

function valueOf(argument: FunctionArgument, values: readonly FilterValue[]): ValueNode {
  return argument.mode === 'variadic' ? valuesNode(values, elementsOf) : valuesNode(values.slice(-1), ([text]) => text!)
}

function fieldOf(argument: FunctionArgument, body: FormBody): ValueNode {
  const make = (fields: FormBody['fields']): string => {
    const texts = fields.filter(([name]) => name === argument.name).map(([, text]) => text)
    return argument.mode === 'variadic' ? elementsOf(texts) : texts.at(-1)!
  }
  return fieldsNode(body.fields, make)
}

/** One value may be an array literal already; several are the elements. */
function elementsOf(texts: readonly string[]): string {
  return texts.length === 1 && texts[0]!.startsWith('{') ? texts[0]! : arrayLiteral(texts)
}

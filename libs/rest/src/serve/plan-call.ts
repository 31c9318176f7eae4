// Calls of functions under /rpc.
import type { DatabaseFunction } from '#libs/catalog'
import { compile, type CallNode } from '#libs/query'
import { bodyText } from '../parse/body.ts'
import { arrayLiteral } from '../parse/filters.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import type { FilterValue } from '../parse/syntax.ts'
import { chooseFunction, isArgumentOf } from '../resolve/functions.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { bodyNode, valueNode, valuesNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { totalOf } from './plan-read.ts'
import { answerOf, mediaOf, topOffset, withRange, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a call. */
export function planCall(context: ResolveContext, request: RestRequest): Planned {
  const { name } = request.target
  if (request.method === 'PATCH' || request.method === 'DELETE' || request.method === 'PUT')
    throw restError('PGRST101', { method: request.method })
  const fromBody = request.method === 'POST'
  const isArgument = isArgumentOf(context.catalog, context.schema, name)
  const parsed = parseQuery(parametersOf(request.query, true), fromBody ? undefined : isArgument)
  const query = withRange(parsed, request.range)
  const given = fromBody ? (request.body?.keys ?? []) : [...query.arguments.keys()]
  const fn = chooseFunction(context.catalog, context.schema, name, given)
  const node: CallNode = {
    kind: 'call',
    function: fn,
    arguments: fromBody ? [] : [...query.arguments].map(([argument, values]) => argumentOf(fn, argument, values)),
    argumentsFrom: fromBody && given.length > 0 ? { names: given, object: bodyNode(bodyText(request.body!, 'object')) } : undefined,
    valuesMax: context.rowsMax,
    read: fn.resultRelation === null ? null : resolveRead(context, fn.resultRelation, query, fn.returnsSet),
  }
  if (node.read === null && (query.filters.length > 0 || query.logic.length > 0)) {
    throw restError('undefined_column', { column: `${fn.name}.${query.filters[0]?.field.name ?? ''}` })
  }
  const isRows = fn.returnsSet && node.read !== null
  const media = mediaOf(context, request, { relation: fn.resultRelation, function: fn, defaultSelect: query.select === undefined })
  const answer = answerOf(context, request, 'call', media)
  const isVoid = fn.returnType.name === 'void'
  const total = isRows ? totalOf(request.preferences.count, context.rowsMax) : false
  return {
    statement: compile(node, { ...media.options, total }),
    readOnly: request.method !== 'POST' || fn.volatility !== 'volatile',
    undoable: false,
    bodyForm: 'object',
    function: fn,
    answer: { ...answer, hasBody: answer.hasBody && !isVoid, isVoid, single: answer.single && isRows, offset: topOffset(query) },
  }
}

function argumentOf(fn: DatabaseFunction, name: string, values: readonly FilterValue[]) {
  const argument = fn.arguments.find((candidate) => candidate.name === name)!
  const variadic = argument.mode === 'variadic'
  if (!variadic) return { name, value: valueNode(values.at(-1)!), variadic }
  // One value may be an array literal already; several are the elements.
  return {
    name,
    value: valuesNode(values, (texts) => (texts.length === 1 && texts[0]!.startsWith('{') ? texts[0]! : arrayLiteral(texts))),
    variadic,
  }
}

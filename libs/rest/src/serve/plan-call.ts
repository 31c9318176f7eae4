// Calls of functions under /rpc.
import type { DatabaseFunction } from '#libs/catalog'
import { compile, type CallNode, type CompileOptions } from '#libs/query'
import { objectText } from '../parse/body.ts'
import { arrayLiteral } from '../parse/filters.ts'
import { parseQuery } from '../parse/query-string.ts'
import { parametersOf } from '../parse/shape.ts'
import type { FilterValue } from '../parse/syntax.ts'
import { chooseFunction, isArgumentOf } from '../resolve/functions.ts'
import { resolveRead, type ResolveContext } from '../resolve/levels.ts'
import { bodyNode, valueNode, valuesNode } from '../resolve/values.ts'
import { restError } from '../rest.errors.ts'
import { answerOf, topOffset, withRange, type Planned, type RestRequest } from './rest-request.ts'

/** Plans a call. */
export function planCall(context: ResolveContext, request: RestRequest): Planned {
  const { name } = request.target
  if (request.method === 'PATCH' || request.method === 'DELETE') throw restError('PGRST101', { method: request.method })
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
    argumentsFrom: fromBody && given.length > 0 ? { names: given, object: bodyNode(objectText(request.body!)) } : undefined,
    valuesMax: context.rowsMax,
    read: fn.resultRelation === null ? null : resolveRead(context, fn.resultRelation, query, fn.returnsSet),
  }
  if (node.read === null && (query.filters.length > 0 || query.logic.length > 0)) {
    throw restError('undefined_column', { column: `${fn.name}.${query.filters[0]?.field.name ?? ''}` })
  }
  const isRows = fn.returnsSet && node.read !== null
  const total = isRows && request.preferences.count !== undefined
  const options: CompileOptions = { body: request.method === 'HEAD' ? 'none' : isRows ? request.representation : 'array', total }
  const answer = answerOf(context, request, 'call', ['count', 'handling'])
  const isVoid = fn.returnType.name === 'void'
  const single = isRows && request.representation === 'object'
  return {
    statement: compile(node, options),
    readOnly: request.method !== 'POST' || fn.volatility !== 'volatile',
    undoable: single && fn.volatility === 'volatile' && request.method === 'POST',
    answer: { ...answer, hasBody: request.method !== 'HEAD' && !isVoid, isVoid, single, offset: topOffset(query), ranged: fn.returnsSet },
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

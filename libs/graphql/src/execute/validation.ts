// Parses and validates a document with graphql-js, and says what is wrong in Hasura's words where they are known.
import {
  type ASTNode,
  type DocumentNode,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  validate,
  visit,
} from 'graphql'
import { isNestedTooDeep, NESTING_MAX } from '../documents/nesting.ts'
import { GraphQLFailure, graphqlErrors, validationFailed } from '../graphql.errors.ts'
import { NumberText } from '../plan/number-text.ts'
import type { Variables } from '../plan/inputs.ts'

/** Limits on the document's text, before it is understood. */
export interface TextLimits {
  readonly tokensMax: number
  readonly aliasesMax: number
  readonly rootFieldsMax: number
  readonly introspection: boolean
  /** Do errors suggest names that exist? Default false: strangers are told nothing. */
  readonly suggestions?: boolean
  /** Can results be sent more than once? Default false. */
  readonly subscriptions?: boolean
}

const INPUT_DEPTH_MAX = 130
const SCHEMA_FIELDS_MAX = 3
/** A chain of them is walked with one call for each. */
const FRAGMENTS_MAX = 1_000
/** How many fields a subscription may have is for planning to say: a directive lifts the rule. */
const documentRules = specifiedRules.filter((rule) => rule !== SingleFieldSubscriptionsRule)

/** Parses a document. */
export function parseDocument(text: string, limits: TextLimits): DocumentNode {
  if (isNestedTooDeep(text, limits.tokensMax)) throw tooLarge(`more than ${NESTING_MAX} levels of brackets`)
  try {
    return parse(text, { noLocation: false, maxTokens: limits.tokensMax })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    if (error.message.startsWith('Syntax Error: Document contains more')) throw tooLarge(`more than ${limits.tokensMax} tokens`)
    const at = error.locations?.[0]
    const place = at === undefined ? '' : ` (line ${at.line}, column ${at.column})`
    throw new GraphQLFailure(
      `not a valid graphql query: ${error.message.replace(/^Syntax Error: /, '')}${place}`,
      'validation-failed',
      '$.query',
      400,
      false,
      error,
    )
  }
}

function tooLarge(reason: string): GraphQLFailure {
  return new GraphQLFailure(graphqlErrors.document_too_large({ params: { reason } }).message, 'validation-failed', '$.query')
}

/** The operation that is to run. */
export function chooseOperation(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  if (operationName !== undefined) {
    if (operations.some((operation) => operation.name === undefined))
      throw validationFailed('operationName cannot be used when an anonymous operation exists in the document')
    const found = operations.find((operation) => operation.name?.value === operationName)
    if (found === undefined) throw validationFailed(`no such operation found in the document: "${operationName}"`)
    return found
  }
  const [only] = operations
  if (only === undefined || operations.length > 1)
    throw validationFailed('exactly one operation has to be present in the document when operationName is not specified')
  return only
}

/** Checks limits of the text and everything that GraphQL's specification demands of a document. */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: TextLimits,
): void {
  checkText(document, limits)
  if (operation.operation === OperationTypeNode.MUTATION && schema.getMutationType() == null) throw validationFailed('no mutations exist')
  if (operation.operation === OperationTypeNode.SUBSCRIPTION && limits.subscriptions !== true) throw subscriptionsRefused()
  if (operation.operation === OperationTypeNode.SUBSCRIPTION && schema.getSubscriptionType() == null)
    throw validationFailed('no subscriptions exist')
  const rules = limits.introspection ? documentRules : [...documentRules, NoSchemaIntrospectionCustomRule]
  const [error] = validate(schema, document, rules, { maxErrors: 1, hideSuggestions: limits.suggestions !== true })
  if (error !== undefined) throw asFailure(error, document, limits)
}

/** A subscription came where only one answer can be sent. */
export function subscriptionsRefused(): GraphQLFailure {
  return new GraphQLFailure('subscriptions are not supported over HTTP, use websockets instead', 'unexpected-payload', '$')
}

/** Whether that is why an operation was refused. */
export function isSubscriptionRefusal(error: unknown): boolean {
  return error instanceof GraphQLFailure && error.code === 'unexpected-payload' && error.message === subscriptionsRefused().message
}

/** Counts before graphql-js' rules run: some of them take quadratic time. */
function checkText(document: DocumentNode, limits: TextLimits): void {
  let aliases = 0
  let schemas = 0
  if (document.definitions.length > FRAGMENTS_MAX) throw tooLarge(`more than ${FRAGMENTS_MAX} fragments and operations`)
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION && definition.selectionSet.selections.length > limits.rootFieldsMax) {
      throw tooLarge(`more than ${limits.rootFieldsMax} root fields`)
    }
  }
  visit(document, {
    Field(node) {
      if (node.alias !== undefined) aliases += 1
      if (node.name.value === '__schema') schemas += 1
    },
  })
  if (aliases > limits.aliasesMax) throw tooLarge(`more than ${limits.aliasesMax} aliases`)
  // Each is an answer with everything that the role may see.
  if (schemas > SCHEMA_FIELDS_MAX) throw tooLarge(`__schema more than ${SCHEMA_FIELDS_MAX} times`)
}

/** graphql-js reads the fields of a type from objects as they are, and would find inherited ones for columns named `constructor` or `toString`. */
function withoutInherited(value: unknown, depth = 0): unknown {
  // Typed input is not nested so deep (see shapeOf); what is deeper is JSON that nobody looks into.
  if (typeof value !== 'object' || value === null || depth > INPUT_DEPTH_MAX) return value
  if (value instanceof NumberText) return roundedNumber(value)
  if (Array.isArray(value)) return value.map((item) => withoutInherited(item, depth + 1))
  const own = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) own[key] = withoutInherited(item, depth + 1)
  return own
}

/** For validation, which asks only whether it is a number, and whether a whole one. */
function roundedNumber(number: NumberText): number {
  const value = Number(number.text)
  return number.isInteger || !Number.isInteger(value) ? value : 0.5
}

/** Checks the variables against their declared types. */
export function validateVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
  rules: Pick<TextLimits, 'introspection'>,
): void {
  const declared = new Set((operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value))
  const unexpected = Object.keys(variables).filter((name) => !declared.has(name))
  if (unexpected.length > 0) throw validationFailed(`unexpected variables in variableValues: ${unexpected.join(', ')}`)
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], withoutInherited(variables) as Variables, {
    maxErrors: 1,
  })
  const [error] = errors ?? []
  if (error === undefined) return
  const invalid = /^Variable "\$(.*?)" got invalid value (?:.*?)(?: at "(.*?)")?; (.*)$/s.exec(error.message)
  if (invalid !== null) throw validationFailed(inHasurasWords(invalid[3]!, rules), `$.variables.${invalid[2] ?? invalid[1]!}`)
  throw validationFailed(inHasurasWords(error.message, rules), '$.variables')
}

function asFailure(error: GraphQLError, document: DocumentNode, rules: TextLimits): GraphQLFailure {
  const path = pathOf(error.nodes?.[0], document)
  // An argument that does not exist has no place of its own.
  const at = error.message.startsWith('Unknown argument') ? path.replace(/\.args\.\w+$/, '') : path
  return new GraphQLFailure(inHasurasWords(error.message, rules), 'validation-failed', at, 400, false, error)
}

const wordings: readonly (readonly [RegExp, string | ((...groups: string[]) => string)])[] = [
  [/^Cannot query field "(.+?)" on type "(.+?)"/, "field '$1' not found in type: '$2'"],
  [
    /^GraphQL introspection has been disabled, but the requested query contained the field "(.+?)"/,
    "field '$1' not found in type: 'query_root'",
  ],
  [/^Unknown argument "(.+?)" on field "(?:.+\.)?(.+?)"/, "'$2' has no argument named '$1'"],
  [/^Field ".+?" argument "(.+?)" of type ".+?" is required, but it was not provided/, "missing required field '$1'"],
  [/^Field "(?:.+\.)?(.+?)" of required type ".+?" was not provided/, "missing required field '$1'"],
  [/^Field "(.+?)" is not defined by type "(.+?)"/, "field '$1' not found in type: '$2'"],
  [/^Field "(.+?)" of type ".+?" must have a selection of subfields/, "missing selection set for '$1'"],
  [/^Field ".+?" must not have a selection since type/, 'unexpected subselection set for non-object field'],
  [/^Variable "\$(.+?)" is not defined/, 'unbound variable "$1"'],
  [
    /^Variable "\$(.+?)" of type "(.+?)" used in position expecting type "(.+?)"/,
    "variable '$1' is declared as '$2', but used where '$3' is expected",
  ],
  [/^Variable "\$(.+?)" is never used/, 'following variable(s) have been defined, but have not been used in the query - $1'],
  [/^Variable "\$(.+?)" of required type ".+?" was not provided/, 'expecting a value for non-nullable variable: "$1"'],
  [/^Variable "\$.+?" of non-null type "(.+?)!" must not be null/, "unexpected null value for type '$1'"],
  [/^There can be only one (?:operation|fragment|variable|argument|input field) named "\$?(.+?)"/, 'multiple definitions for $1'],
  [/^Fragment "(.+?)" is never used/, 'following fragment(s) have been defined, but have not been used in the query - $1'],
  [/^Unknown fragment "(.+?)"/, 'reference to undefined fragment "$1"'],
  [
    /^Cannot spread fragment "(.+?)" within itself(?: via (.+?))?\.$/,
    (_all, name, via) =>
      `the fragment definition(s) ${[name, ...(via ?? '').replaceAll('"', '').split(', ')].filter((each) => each !== '').join(' and ')} form a cycle`,
  ],
  [/^Unknown directive "@(.+?)"/, "directive '$1' is not defined in the schema"],
  [
    /^Directive "@(.+?)" may not be used on (.+?)\.$/,
    (_all, name, place) => `directive '${name}' is not allowed on ${(place ?? '').toLowerCase().replaceAll('_', ' ')}`,
  ],
  [/^The directive "@(.+?)" can only be used once/, "the following directives are used more than once: ['$1']"],
  [
    /^Expected (?:value of type "(.+?)!", found null|non-nullable type "(.+?)!" not to be null)/,
    (_all, a, b) => `unexpected null value for type '${a ?? b}'`,
  ],
  [
    /^Expected value of type "(.+?)", found (.+?)\.$/s,
    (_all, type, found) => /: (expected .*)$/s.exec(found ?? '')?.[1] ?? `expected an object for type '${type}', but found ${found}`,
  ],
  [/^Expected type "(.+?)" to be an object/, "expected an object for type '$1'"],
  [/^Expected type ".+?"\. (expected .*)$/s, '$1'],
  [/^Value "(.+?)" does not exist in "(.+?)" enum/, "expected one of the values of type '$2', but found '$1'"],
  [/^Enum "(.+?)" cannot represent non-enum value: "/, "expected an enum value for type '$1', but found a string"],
  [/^Enum "(.+?)" cannot represent non-(?:enum|string) value: (.+?)\.$/, "expected an enum value for type '$1', but found $2"],
  [
    /^(String|Boolean) cannot represent a non (?:string|boolean) value: (.+)$/s,
    (_all, type, found) => `expected a ${(type ?? '').toLowerCase()} for type '${type}', but found ${found}`,
  ],
  [/^Schema is not configured to execute mutation/, 'no mutations exist'],
]

/**
 * graphql-js' message in Hasura's words; as it is when there are none. Suggestions are for owners only: the renderer adds them.
 * Where the schema is not told, the values of an enum (names of columns, of constraints) are not either.
 */
function inHasurasWords(full: string, { introspection }: Pick<TextLimits, 'introspection'>): string {
  const words = wordsOf(full.replace(/ Did you mean .*\?$/s, ''))
  return introspection ? words : words.replace(/expected one of the values \[.*\] for type/s, 'expected a value for type')
}

function wordsOf(message: string): string {
  for (const [pattern, words] of wordings) {
    const match = pattern.exec(message)
    if (match === null) continue
    return typeof words === 'function' ? words(...match) : words.replace(/\$(\d)/g, (_whole, group: string) => match[Number(group)] ?? '')
  }
  return message
}

/** JSONPath of a node: fields by name, then arguments and their keys. */
function pathOf(wanted: ASTNode | undefined, document: DocumentNode): string {
  let found = '$'
  if (wanted === undefined) return found
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (node !== wanted) return undefined
      found = jsonPath([...ancestors, parent, node].filter((each) => each !== undefined && !Array.isArray(each)) as ASTNode[])
      return false
    },
  })
  return found
}

function jsonPath(nodes: readonly ASTNode[]): string {
  let path = '$'
  for (const node of nodes) {
    if (node.kind === Kind.FIELD) path += `.selectionSet.${node.name.value}`
    else if (node.kind === Kind.ARGUMENT) path += `.args.${node.name.value}`
    else if (node.kind === Kind.OBJECT_FIELD) path += `.${node.name.value}`
  }
  return path
}

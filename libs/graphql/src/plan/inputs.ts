// Arguments as the planner walks them, wherever they come from: literals of the document, variables, or literals with
// variables inside. A leaf becomes a template, so that the plan can be used again with other values.
import { Kind, type ValueNode } from 'graphql'
import { validationFailed } from '../graphql.errors.ts'
import { describeLiteral, describeValue } from '../schema/scalars.ts'
import { NumberText, stringified } from './number-text.ts'

export { NumberText }

/** Values of the request's variables, as parsed from JSON. */
export type Variables = Readonly<Record<string, unknown>>

/** How to get a value out of the variables of any request with the same shape. */
export type Template =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'path'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Template])[] }

/** One argument, input field or list item. */
export type Input =
  | { readonly kind: 'literal'; readonly node: ValueNode }
  /** Without a path the value as it is now is part of the plan, and the shape of the variables says so (see shapes.ts). */
  | { readonly kind: 'variable'; readonly value: unknown; readonly path: readonly (string | number)[] | undefined }

/** Reads inputs of one request. `location` is the JSONPath that errors name. */
export class Inputs {
  constructor(
    private readonly variables: Variables,
    private readonly defaults: ReadonlyMap<string, ValueNode>,
  ) {}

  /** Wraps a node of the document; a variable is replaced by what it stands for. */
  of(node: ValueNode): Input {
    if (node.kind !== Kind.VARIABLE) return { kind: 'literal', node }
    const name = node.name.value
    const value = Object.hasOwn(this.variables, name) ? this.variables[name] : undefined
    const fallback = this.defaults.get(name)
    if (value === undefined && fallback !== undefined) return { kind: 'literal', node: fallback }
    return { kind: 'variable', value, path: [name] }
  }

  /** A variable that was not given. */
  isAbsent(input: Input | undefined): input is undefined {
    return input === undefined || (input.kind === 'variable' && input.value === undefined)
  }

  isNull(input: Input): boolean {
    return input.kind === 'literal' ? input.node.kind === Kind.NULL : input.value === null || input.value === undefined
  }

  /** Keys and values of an object, in the order they were written. */
  entries(input: Input, typeName: string, location: string): (readonly [string, Input])[] {
    if (input.kind === 'literal') {
      if (input.node.kind !== Kind.OBJECT)
        throw validationFailed(`expected an object for type '${typeName}', but found ${describeLiteral(input.node)}`, location)
      return input.node.fields.map((field) => [field.name.value, this.of(field.value)] as const)
    }
    const { value, path } = input
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText) {
      throw validationFailed(`expected an object for type '${typeName}', but found ${describeValue(value)}`, location)
    }
    return Object.entries(value).map(([key, item]) => [key, { kind: 'variable', value: item, path: path && [...path, key] }] as const)
  }

  /** Items of a list; a single value stands for a list of one. */
  items(input: Input): Input[] {
    if (input.kind === 'literal') return input.node.kind === Kind.LIST ? input.node.values.map((node) => this.of(node)) : [input]
    const { value, path } = input
    return Array.isArray(value) ? value.map((item: unknown, i) => ({ kind: 'variable', value: item, path: path && [...path, i] })) : [input]
  }

  /** The name in an enum position. */
  enumValue(input: Input): string {
    if (input.kind === 'literal') return input.node.kind === Kind.ENUM ? input.node.value : ''
    return typeof input.value === 'string' ? input.value : ''
  }

  /** A boolean that the plan depends on. */
  flag(input: Input): boolean {
    return input.kind === 'literal' ? input.node.kind === Kind.BOOLEAN && input.node.value : input.value === true
  }

  /** The value as it is now: for what the plan itself depends on. */
  now(input: Input): unknown {
    return evaluate(this.template(input), this.variables)
  }

  /** The value as a recipe. */
  template(input: Input): Template {
    if (input.kind === 'variable')
      return input.path === undefined ? { kind: 'constant', value: input.value } : { kind: 'path', path: input.path }
    const { node } = input
    switch (node.kind) {
      case Kind.VARIABLE:
        return this.template(this.of(node))
      case Kind.LIST:
        return fold({ kind: 'list', items: node.values.map((value) => this.template(this.of(value))) })
      case Kind.OBJECT: {
        const given = node.fields
          .map((field) => [field.name.value, this.of(field.value)] as const)
          .filter(([, value]) => !this.isAbsent(value))
        return fold({ kind: 'object', entries: given.map(([key, value]) => [key, this.template(value)] as const) })
      }
      case Kind.NULL:
        return { kind: 'constant', value: null }
      case Kind.INT:
      case Kind.FLOAT:
        return { kind: 'constant', value: new NumberText(node.value) }
      default:
        return { kind: 'constant', value: node.value }
    }
  }
}

/** A list or object without variables is a constant. */
function fold(template: Extract<Template, { kind: 'list' | 'object' }>): Template {
  const parts = template.kind === 'list' ? template.items : template.entries.map(([, part]) => part)
  return parts.every((part) => part.kind === 'constant') ? { kind: 'constant', value: evaluate(template, {}) } : template
}

/** The template's value for these variables; undefined for what was not given. */
export function evaluate(template: Template, variables: Variables): unknown {
  switch (template.kind) {
    case 'constant':
      return template.value
    case 'path': {
      let value: unknown = variables
      for (const step of template.path) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
        value = (value as Record<string | number, unknown>)[step]
      }
      return value
    }
    case 'list':
      return template.items.map((item) => evaluate(item, variables) ?? null)
    case 'object': {
      const entries = template.entries.map(([key, item]) => [key, evaluate(item, variables)] as const)
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
    }
  }
}

/** Deeper JSON would exhaust the stack, here or in Postgres' own parser. */
const JSON_DEPTH_MAX = 256

/** JSON text by JSON's own printer, which is the fastest, unless there are digits that only {@link jsonText} keeps. */
export function exactJson(value: unknown): string {
  return stringified(value) ?? jsonText(value)
}

/** JSON text; numbers of the document keep their digits. */
export function jsonText(value: unknown, depth = 0): string {
  if (depth > JSON_DEPTH_MAX) throw validationFailed(`a JSON value is nested more than ${JSON_DEPTH_MAX} levels deep`)
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item, depth + 1)}`)
      .join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

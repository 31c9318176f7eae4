// The one error of the platform. Every failure that a caller may see is an AppError made through a registry, so
// that its code, status and public words stand in one place and docs/reference/errors.md can be held against them.

/** One entry of a registry: the HTTP status and the public message, where `{name}` is filled from `params`. */
export interface ErrorDefinition {
  readonly status: number
  readonly message: string
}

/** What a throw site may add: values for the message, and private facts that are logged but never sent. */
export interface ErrorInput {
  /** Values for `{name}` in the message. Public. */
  readonly params?: Readonly<Record<string, string | number>>
  /** Public, optional: what the caller can do about it. */
  readonly hint?: string
  /** Private: logged, never sent. */
  readonly detail?: unknown
  readonly cause?: unknown
  /** Public fields that a dialect's renderer may use, for example a SQLSTATE. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/**
 * A failure with a stable code, an HTTP status, a public message and a private detail.
 * Made only through {@link defineErrors}; rendered by the one renderer of the dialect that answers.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly hint: string | undefined
  readonly detail: unknown
  readonly params: Readonly<Record<string, string | number>>
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    /** The area of the registry, for example `storage`. */
    readonly area: string,
    /** Stable code, for example `object_not_found`. */
    readonly code: string,
    /** HTTP status. */
    readonly status: number,
    message: string,
    input: ErrorInput = {},
  ) {
    super(message, input.cause === undefined ? undefined : { cause: input.cause })
    this.hint = input.hint
    this.detail = input.detail
    this.params = input.params ?? {}
    this.extra = input.extra ?? {}
  }
}

/** One function per code: `throw storageErrors.object_not_found({ params: { name } })`. */
export type ErrorRegistry<D extends Record<string, ErrorDefinition>> = {
  readonly [K in keyof D]: (input?: ErrorInput) => AppError
}

const registered = new Map<string, ErrorDefinition>()

/**
 * Registers an area's errors and returns one maker per code.
 * Codes are unique in an area; a second registration of the same code is a programming fault and throws.
 */
export function defineErrors<const D extends Record<string, ErrorDefinition>>(area: string, definitions: D): ErrorRegistry<D> {
  const makers: Record<string, (input?: ErrorInput) => AppError> = {}
  for (const [code, definition] of Object.entries(definitions)) {
    const id = `${area}/${code}`
    if (registered.has(id)) throw new Error(`error ${id} is registered twice`)
    registered.set(id, definition)
    makers[code] = (input) => new AppError(area, code, definition.status, fill(definition.message, input?.params), input)
  }
  return makers as ErrorRegistry<D>
}

/** Every registered error as `area/code`, sorted: what docs/reference/errors.md is generated from. */
export function listErrors(): readonly (ErrorDefinition & { readonly id: string })[] {
  return [...registered].map(([id, definition]) => ({ id, ...definition })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function fill(message: string, params: ErrorInput['params']): string {
  return params === undefined
    ? message
    : message.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole))
}

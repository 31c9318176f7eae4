import type { z } from 'zod'

/** A named group of settings with its schema. Every field has a default and a `.describe()`. */
export interface SettingsArea<S extends z.ZodObject = z.ZodObject> {
  /** Lower case, as in /admin/v1/settings/<name> and PLINTH_SETTINGS_<NAME>. */
  readonly name: string
  readonly schema: S
}

/**
 * Declares an area. Give a `z.strictObject`, so that a misspelt name is a fault; `schema.parse({})` must succeed, because
 * zero configuration is a promise.
 */
export function defineSettings<S extends z.ZodObject>(name: string, schema: S): SettingsArea<S> {
  return { name, schema }
}

/** One thing wrong with given settings: where and why, never the value. */
export interface SettingsFault {
  readonly path: string
  readonly reason: string
}

/** The faults of a zod error in our words. */
export function faultsOf(error: z.ZodError): SettingsFault[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), reason: 'is not a setting' }))
      : [{ path: issue.path.join('.'), reason: issue.message }],
  )
}

/**
 * JSON merge patch (RFC 7396) on plain data: objects are merged, everything else replaces, null removes (back to the
 * default).
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__') continue
    if (value === null) delete merged[key]
    else merged[key] = mergePatch(merged[key], value)
  }
  return merged
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}

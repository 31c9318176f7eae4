// Settings that an owner changes while the server runs: stored in plinth.settings as the differences from the defaults,
// read from memory, shared by all nodes by reading again every few seconds.
import { z } from 'zod'
import type { Logger } from '#libs/kernel'
import type { PlatformDatabase } from '#libs/postgres'
import { deepFreeze, faultsOf, isObject, mergePatch, type SettingsArea, type SettingsFault } from './settings-area.ts'
import { settingsErrors } from './settings.errors.ts'

type ValuesOf<A> = A extends SettingsArea<infer S> ? Readonly<z.output<S>> : never

/** An area as GET /admin/v1/settings/<area> shows it. */
export interface SettingsDescription {
  readonly area: string
  readonly values: Readonly<Record<string, unknown>>
  /** JSON Schema (draft 2020-12) of the values, with descriptions and defaults. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** Options of {@link SettingsService.open}. */
export interface SettingsOptions {
  readonly areas: readonly SettingsArea[]
  /** JSON text by area name (PLINTH_SETTINGS_<AREA>): the first values, used only when an area has none stored. */
  readonly seeds?: Readonly<Record<string, string>>
  /** How often other nodes' changes are looked for. Default 10 s. */
  readonly reloadMs?: number
  readonly logger?: Logger
}

interface Held {
  readonly area: SettingsArea
  readonly listeners: Set<(values: never) => void>
  /** What is stored, as text, to notice a change. */
  text: string
  values: Readonly<Record<string, unknown>>
}

/** The settings of all areas. Made by {@link SettingsService.open}. */
export class SettingsService {
  private readonly held = new Map<string, Held>()
  private readonly timer: NodeJS.Timeout

  private constructor(
    private readonly database: PlatformDatabase,
    private readonly options: SettingsOptions,
  ) {
    for (const area of options.areas) {
      if (this.held.has(area.name)) throw new Error(`settings area ${area.name} is declared twice`)
      this.held.set(area.name, { area, listeners: new Set(), text: '{}', values: deepFreeze(area.schema.parse({})) })
    }
    this.timer = setInterval(() => {
      this.reload().catch((error: unknown) => options.logger?.warn({ err: error }, 'settings could not be read again; the known ones stay'))
    }, options.reloadMs ?? 10_000)
    this.timer.unref()
  }

  /** Reads all areas; stores the seed of an area that has nothing stored. A faulty seed is refused with all its faults. */
  static async open(database: PlatformDatabase, options: SettingsOptions): Promise<SettingsService> {
    const service = new SettingsService(database, options)
    try {
      for (const { area } of service.held.values()) {
        await database.query(`INSERT INTO plinth.settings (area, "values") VALUES ($1, $2) ON CONFLICT (area) DO NOTHING`, [
          area.name,
          JSON.stringify(readSeed(area, options.seeds?.[area.name])),
        ])
      }
      await service.reload()
    } catch (error) {
      service.onModuleDestroy()
      throw error
    }
    return service
  }

  /** The area's values now: from memory, frozen, with defaults filled in. */
  get<S extends z.ZodObject>(area: SettingsArea<S>): Readonly<z.output<S>> {
    return this.find(area.name).values as Readonly<z.output<S>>
  }

  /** Names of all areas, sorted. */
  areas(): string[] {
    return [...this.held.keys()].sort()
  }

  /** Values and JSON Schema of an area. */
  describe(name: string): SettingsDescription {
    const { area, values } = this.find(name)
    return { area: name, values, schema: z.toJSONSchema(area.schema, { io: 'input' }) as Record<string, unknown> }
  }

  /**
   * Changes an area by a JSON merge patch: objects are merged, null sets a field back to its default. Nothing changes
   * when anything is wrong; the error names all faults.
   */
  async patch(name: string, patch: unknown): Promise<SettingsDescription> {
    const { area } = this.find(name)
    if (!isObject(patch)) throw invalid(name, [{ path: '', reason: 'must be a JSON object' }])
    await this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ values: unknown }>(`SELECT "values" FROM plinth.settings WHERE area = $1 FOR UPDATE`, [name])
      const next = mergePatch(row?.values ?? {}, patch)
      const parsed = area.schema.safeParse(next)
      if (!parsed.success) throw invalid(name, faultsOf(parsed.error))
      await tx.query(
        `INSERT INTO plinth.settings (area, "values") VALUES ($1, $2)
         ON CONFLICT (area) DO UPDATE SET "values" = excluded."values", updated_at = now()`,
        [name, JSON.stringify(next)],
      )
    })
    await this.reload()
    return this.describe(name)
  }

  /** Calls the listener after each change of the area's values, whichever node made it. Returns how to stop. */
  onChange<A extends SettingsArea>(area: A, listener: (values: ValuesOf<A>) => void): () => void {
    const { listeners } = this.find(area.name)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Reads what is stored; used by the timer and after a change. */
  async reload(): Promise<void> {
    const rows = await this.database.query<{ area: string; values: unknown }>(`SELECT area, "values" FROM plinth.settings`)
    for (const row of rows) {
      const held = this.held.get(row.area)
      const text = JSON.stringify(row.values)
      if (held === undefined || held.text === text) continue
      held.text = text
      held.values = deepFreeze(this.tolerantParse(held.area, row.values))
      for (const listener of held.listeners) listener(held.values as never)
    }
  }

  /** Ends the regular reading. */
  onModuleDestroy(): void {
    clearInterval(this.timer)
  }

  /** A stored value that a newer schema refuses falls back to its default, loudly: a start must not fail on it. */
  private tolerantParse(area: SettingsArea, stored: unknown): Record<string, unknown> {
    const parsed = area.schema.safeParse(stored)
    if (parsed.success) return parsed.data
    const kept: Record<string, unknown> = isObject(stored) ? { ...stored } : {}
    const faults = faultsOf(parsed.error)
    for (const fault of faults) delete kept[fault.path.split('.')[0] ?? '']
    this.options.logger?.warn({ area: area.name, faults }, 'stored settings do not fit any more; their defaults are used')
    const second = area.schema.safeParse(kept)
    return second.success ? second.data : area.schema.parse({})
  }

  private find(name: string): Held {
    const held = this.held.get(name)
    if (held === undefined) throw settingsErrors.area_unknown({ params: { area: name.slice(0, 50), areas: this.areas().join(', ') } })
    return held
  }
}

function readSeed(area: SettingsArea, text: string | undefined): Record<string, unknown> {
  if (text === undefined || text.trim() === '') return {}
  const refuse = (faults: string, cause?: unknown) =>
    settingsErrors.seed_invalid({ params: { area: area.name.toUpperCase(), faults }, cause })
  let seed: unknown
  try {
    seed = JSON.parse(text)
  } catch (cause) {
    // The parser's own message would quote the value.
    throw refuse('it is not JSON', cause)
  }
  if (!isObject(seed)) throw refuse('it must be a JSON object')
  const parsed = area.schema.safeParse(seed)
  if (!parsed.success) throw refuse(faultText(faultsOf(parsed.error)))
  return seed
}

function invalid(area: string, faults: readonly SettingsFault[]) {
  return settingsErrors.settings_invalid({ params: { area, faults: faultText(faults) }, extra: { faults } })
}

function faultText(faults: readonly SettingsFault[]): string {
  return faults.map((fault) => `${fault.path === '' ? '' : `${fault.path}: `}${fault.reason}`).join('; ')
}

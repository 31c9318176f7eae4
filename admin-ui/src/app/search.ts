// What the URLs hold, read with care: a hand-edited address falls back to defaults and never breaks a screen.

type Raw = Record<string, unknown>

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
const positive = (value: unknown): number | undefined => (Number.isInteger(value) && (value as number) > 1 ? (value as number) : undefined)

/** One condition of the grid: column, operator, value. */
export type FilterTerm = readonly [column: string, operator: string, value: string]
/** One sort column; `-` before the name means descending. */
export type SortTerm = string

export interface TableSearch {
  tab?: 'definition' | 'policies'
  filter?: FilterTerm[]
  sort?: SortTerm[]
  page?: number
  size?: number
  count?: 'exact'
}

export function tableSearch(raw: Raw): TableSearch {
  const filter = Array.isArray(raw.filter) ? raw.filter.filter(isTerm) : []
  const sort = Array.isArray(raw.sort) ? raw.sort.filter((item): item is string => typeof item === 'string' && item !== '') : []
  return {
    tab: raw.tab === 'definition' || raw.tab === 'policies' ? raw.tab : undefined,
    filter: filter.length === 0 ? undefined : filter,
    sort: sort.length === 0 ? undefined : sort,
    page: positive(raw.page),
    size: [50, 200, 500, 1000].includes(raw.size as number) ? (raw.size as number) : undefined,
    count: raw.count === 'exact' ? 'exact' : undefined,
  }
}

function isTerm(item: unknown): item is FilterTerm {
  return Array.isArray(item) && item.length === 3 && item.every((part) => typeof part === 'string')
}

export const homeSearch = (_raw: Raw): Record<string, never> => ({})
export const setupSearch = (raw: Raw): { token?: string } => ({ token: text(raw.token) })
export const signInSearch = (raw: Raw): { next?: string } => ({ next: text(raw.next) })
export const policiesSearch = (raw: Raw): { schema?: string; table?: string } => ({ schema: text(raw.schema), table: text(raw.table) })
export const usersSearch = (raw: Raw): { q?: string; page?: number; user?: string; create?: true } => ({
  q: text(raw.q),
  page: positive(raw.page),
  user: text(raw.user),
  create: raw.create === true ? true : undefined,
})
export const storageSearch = (raw: Raw): { path?: string; file?: string } => ({ path: text(raw.path), file: text(raw.file) })

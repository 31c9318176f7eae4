/** Types offered first; any other type name can be typed. */
export const commonTypes: readonly { group: string; items: { value: string; label: string }[] }[] = [
  {
    group: 'Text',
    items: [
      { value: 'text', label: 'text' },
      { value: 'uuid', label: 'uuid' },
      { value: 'jsonb', label: 'jsonb' },
    ],
  },
  {
    group: 'Numbers',
    items: [
      { value: 'bigint', label: 'bigint' },
      { value: 'integer', label: 'integer' },
      { value: 'smallint', label: 'smallint' },
      { value: 'numeric', label: 'numeric' },
      { value: 'double precision', label: 'double precision' },
      { value: 'boolean', label: 'boolean' },
    ],
  },
  {
    group: 'Time',
    items: [
      { value: 'timestamp with time zone', label: 'timestamptz' },
      { value: 'date', label: 'date' },
      { value: 'time', label: 'time' },
      { value: 'interval', label: 'interval' },
    ],
  },
  {
    group: 'Lists',
    items: [
      { value: 'text[]', label: 'text[]' },
      { value: 'integer[]', label: 'integer[]' },
      { value: 'uuid[]', label: 'uuid[]' },
    ],
  },
  {
    group: 'More',
    items: [
      { value: 'bytea', label: 'bytea' },
      { value: 'inet', label: 'inet' },
      { value: 'tsvector', label: 'tsvector' },
    ],
  },
]

/** The offered types with the database's own enums in front. */
export function typeChoices(enums: readonly { schema: string; name: string }[], current?: string) {
  const own = enums.map(({ schema, name }) => {
    const value = schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
    return { value, label: value }
  })
  const groups = own.length === 0 ? [...commonTypes] : [{ group: 'Enums', items: own }, ...commonTypes]
  const known = groups.some((group) => group.items.some((item) => item.value === current))
  return current === undefined || current === '' || known
    ? groups
    : [{ group: 'Chosen', items: [{ value: current, label: current }] }, ...groups]
}

const quoted = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

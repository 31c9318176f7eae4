// Components of the 3.1 document that every operation refers to.

/** The body of every refusal. */
export const errorSchema = {
  type: 'object',
  description: 'Why a request was refused.',
  required: ['code', 'message', 'details', 'hint'],
  properties: {
    code: { type: 'string', description: 'A code of the API (PGRST…) or a SQLSTATE of Postgres.' },
    message: { type: 'string' },
    details: { description: 'What exactly; mostly text.' },
    hint: { type: ['string', 'null'], description: 'What could be done about it.' },
  },
  examples: [
    {
      code: 'PGRST205',
      message: "Could not find the table 'public.todo' in the schema cache",
      details: null,
      hint: "Perhaps you meant the table 'public.todos'",
    },
  ],
}

export const sharedResponses = {
  Error: {
    description: 'The request was refused.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  },
  NoContent: { description: 'Done; nothing was asked for in return.' },
}

export const sharedHeaders = {
  ContentRange: {
    description: 'Which rows these are, and of how many when a count was asked for.',
    schema: { type: 'string', examples: ['0-14/15', '*/*'] },
  },
  PreferenceApplied: { description: 'The preferences that were followed.', schema: { type: 'string', examples: ['count=exact'] } },
  Link: {
    description: 'The next page, with `Prefer: cursor`.',
    schema: { type: 'string', examples: ['<?limit=20&cursor=v.Xk2a_9.WyIyMCJd>; rel="next"'] },
  },
  Location: { description: 'The new row, with `Prefer: return=headers-only`.', schema: { type: 'string', examples: ['/todos?id=eq.1'] } },
}

const text = { type: 'string' }
const query = (name: string, description: string, example: string) => ({ name, in: 'query', description, schema: text, example })
const header = (name: string, description: string, example: string) => ({ name, in: 'header', description, schema: text, example })
const count = (name: string, description: string) => ({ name, in: 'query', description, schema: { type: 'integer', minimum: 0 } })
const preferences = (description: string, example: string) => header('Prefer', `Comma-separated preferences. ${description}`, example)

/** Parameters by component name. */
export function sharedParameters(schema: string, schemas: readonly string[]): Readonly<Record<string, unknown>> {
  const profile = (name: string) => ({
    name,
    in: 'header',
    description: 'The schema to use. Without it the first one that the server exposes.',
    required: schema !== schemas[0],
    schema: { const: schema },
  })
  return {
    select: query('select', 'Columns, with renaming, casts, JSON paths, and related rows in brackets.', '*'),
    order: query('order', 'Columns with `.asc`, `.desc`, `.nullsfirst`, `.nullslast`.', 'id.desc'),
    limit: count('limit', 'Most rows.'),
    offset: count('offset', 'Rows to leave out.'),
    and: query('and', 'Conditions that all have to hold.', '(id.gt.1,id.lt.9)'),
    or: query('or', 'Conditions of which one has to hold.', '(id.eq.1,id.eq.2)'),
    columns: query('columns', 'Columns to take from the body; others are left aside.', 'id'),
    onConflict: query('on_conflict', 'Columns of the unique key by which existing rows are found.', 'id'),
    range: header('Range', 'First and last row, counted from 0.', '0-9'),
    preferRead: preferences(
      '`count=exact|planned|estimated`, `cursor` (a page with a link to the next one), `handling=strict`, `timezone=Area/City`.',
      'count=exact',
    ),
    preferInsert: preferences(
      '`return=minimal|headers-only|representation`, `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `count=exact`.',
      'return=representation',
    ),
    preferChange: preferences(
      '`return=minimal|headers-only|representation`, `count=exact`, `max-affected=N` with `handling=strict`.',
      'return=representation',
    ),
    ...(schemas.length > 1 ? { acceptProfile: profile('Accept-Profile'), contentProfile: profile('Content-Profile') } : {}),
  }
}

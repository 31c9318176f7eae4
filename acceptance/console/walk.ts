// Every screen of the console as a picture, in light and dark. Makes the data that the pictures show.
import { join } from 'node:path'
import type { APIResponse, Page } from 'playwright-core'

/** Where the pictures go and how they are named. */
export interface WalkOptions {
  readonly url: string
  readonly folder: string
}

/** Fills an empty project through the console itself and the APIs: sample tables, policies, users, files. The page is signed in. */
export async function fillProject(page: Page, { url }: WalkOptions): Promise<void> {
  await page.goto(`${url}/console/`)
  const load = page.getByRole('button', { name: 'Load sample' })
  await page.getByRole('heading', { name: 'First steps' }).waitFor()
  await page.getByText('of 4').waitFor()
  if (await load.isVisible()) {
    await load.click()
    await page.getByText('Sample data loaded').waitFor()
  }
  const headers = { 'x-plinth-console': '1' }
  const call = async (path: string, data: unknown) => succeeded(await page.request.post(`${url}/admin/v1${path}`, { headers, data }))
  const { serviceToken } = (await (await page.request.get(`${url}/admin/v1/session`)).json()) as { serviceToken: string }
  const service = { authorization: `Bearer ${serviceToken}`, apikey: serviceToken }
  await call('/tables/public/books/open', { template: 'everyone_reads' })
  await call('/tables/public/reviews/open', { template: 'everyone_reads_owner_writes', ownerColumn: 'user_id' })
  await call('/sql', {
    query: `create type public.mood as enum ('calm', 'eager', 'tired');
      create table public.measurements (id bigint generated always as identity primary key, at timestamptz not null default now(), sensor uuid not null default gen_random_uuid(),
        value double precision, mood public.mood, ok boolean, payload jsonb not null default '{}', tags text[], big bigint, note text);
      comment on table public.measurements is 'What the sensors send, one row a reading.';
      alter table public.measurements enable row level security;
      insert into public.measurements (at, value, mood, ok, payload, tags, big, note)
        select now() - i * interval '7 minutes', round((20 + 5 * sin(i / 9.0))::numeric, 3), (array['calm', 'eager', 'tired']::public.mood[])[1 + i % 3], i % 4 <> 0,
          jsonb_build_object('battery', 100 - i % 80, 'firmware', '2.' || i % 7), array['lab', 'floor ' || i % 5], 9007199254740993 + i, case when i % 3 = 0 then 'checked by hand' end
        from generate_series(1, 4200) i;
      create view public.titles with (security_invoker = true) as select b.title, a.name as author from public.books b join public.authors a on a.id = b.author_id;
      analyze;`,
  })
  for (const [email, confirmed] of [
    ['ada@example.com', true],
    ['grace@example.com', true],
    ['alan@example.com', false],
  ] as const)
    succeeded(
      await page.request.post(`${url}/auth/v1/admin/users`, {
        headers: service,
        data: { email, password: 'correct horse battery', email_confirm: confirmed, user_metadata: { name: email.split('@')[0] } },
      }),
    )
  for (const [id, open] of [
    ['avatars', true],
    ['reports', false],
  ] as const)
    succeeded(await page.request.post(`${url}/storage/v1/bucket`, { headers: service, data: { id, name: id, public: open } }))
  const picture =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60"><rect width="80" height="60" fill="#0a6c74"/><circle cx="40" cy="30" r="16" fill="#c8e5e7"/></svg>'
  const files: [path: string, type: string, body: string][] = [
    ['avatars/ada.svg', 'image/svg+xml', picture],
    ['avatars/team/grace.svg', 'image/svg+xml', picture],
    ['avatars/readme.txt', 'text/plain', 'Pictures of people, square, at most 2 MB.'],
    ['avatars/prices.json', 'application/json', JSON.stringify({ plan: 'free', seats: 3 }, null, 2)],
    ['reports/2026/summary.txt', 'text/plain', 'Nothing unusual.'],
  ]
  for (const [path, type, body] of files)
    succeeded(
      await page.request.post(`${url}/storage/v1/object/${path}`, {
        headers: { ...service, 'content-type': type },
        data: Buffer.from(body),
      }),
    )
}

function succeeded(answer: APIResponse): void {
  if (!answer.ok()) throw new Error(`${answer.url()} answered ${answer.status()}`)
}

/** Takes the pictures in one theme. */
export async function walkScreens(page: Page, { url, folder }: WalkOptions, theme: 'light' | 'dark', suffix = ''): Promise<string[]> {
  const taken: string[] = []
  await page.goto(`${url}/console/`)
  await page.evaluate(`localStorage.setItem('plinth-theme', '${theme}')`)
  const shot = async (name: string): Promise<void> => {
    const path = join(folder, `${name}-${theme}${suffix}.png`)
    await page.waitForTimeout(350)
    await page.screenshot({ path })
    taken.push(path)
  }
  const open = async (path: string): Promise<void> => {
    await page.goto(`${url}/console${path}`)
    await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => undefined)
  }

  await open('/')
  await page.getByRole('heading', { name: 'Recent requests' }).waitFor()
  await shot('home')
  await page.keyboard.press('Control+k')
  await page.getByLabel('Search the console').fill('boo')
  await shot('palette')
  await page.keyboard.press('Escape')
  await open('/')
  await page.keyboard.press('?')
  await shot('shortcuts')
  await page.keyboard.press('Escape')

  await open('/tables')
  await shot('tables')
  await open('/tables/public/measurements')
  await page.getByRole('grid').waitFor()
  await shot('rows')
  await page.getByRole('grid').focus()
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await shot('rows-edit')
  await page.keyboard.press('Escape')
  await open(
    `/tables/public/measurements?filter=${encodeURIComponent('[["mood","eq","calm"],["value","gte","22"]]')}&sort=${encodeURIComponent('["-at"]')}`,
  )
  await page.getByRole('grid').waitFor()
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await shot('rows-filter')
  await open('/tables/public/books')
  await page.getByRole('grid').waitFor()
  await page.getByText('Stage edits').click()
  await page.locator('[data-column="title"]').nth(2).dblclick()
  await page.keyboard.type('Mansfield Park')
  await page.keyboard.press('Enter')
  await page.locator('[data-column="published"]').nth(4).dblclick()
  await page.keyboard.type('1827')
  await page.keyboard.press('Enter')
  await shot('rows-staged')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByText('Save at once').click()
  await page.getByLabel('Select row 2', { exact: true }).click()
  await page.getByLabel('Select row 4', { exact: true }).click()
  await shot('rows-selected')
  await page.getByRole('button', { name: 'Delete rows' }).click()
  await shot('rows-delete')
  await page.keyboard.press('Escape')
  await open('/tables/public/books')
  await page.getByRole('grid').waitFor()
  await page.getByLabel('Open row 3', { exact: true }).click({ force: true })
  await shot('row-drawer')
  await open('/tables/public/books')
  await page.getByRole('button', { name: 'Insert row' }).click()
  await shot('row-insert')
  await open('/tables/public/measurements?tab=definition')
  await shot('definition')
  await page.getByRole('button', { name: 'Add column' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('checked_at')
  await shot('add-column')
  await page.keyboard.press('Escape')
  await open('/tables/new')
  await page.getByLabel('Name', { exact: true }).fill('invoices')
  await page.getByLabel('Name of column 3').fill('total')
  await shot('create-table')

  await open('/sql')
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(
    "-- the newest readings by mood\nselect mood, count(*) as readings, round(avg(value)::numeric, 2) as average, max(at) as newest, jsonb_agg(distinct payload -> 'firmware') as firmware\nfrom measurements\nwhere ok and note is null\ngroup by mood\norder by readings desc;",
  )
  await page.keyboard.press('Control+Enter')
  await page.getByRole('grid', { name: 'Result' }).waitFor()
  await shot('sql')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText('select id, valu from measurements where ok limit 5')
  await page.keyboard.press('Control+Enter')
  await page.getByText('The script failed').waitFor()
  await shot('sql-error')
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText('delete from measurements')
  await page.keyboard.press('Control+Enter')
  await page.getByText('This script loses data').waitFor()
  await shot('sql-confirm')
  await page.keyboard.press('Escape')

  await open('/graphql')
  await page.getByLabel('GraphQL document').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(
    'query Books($words: String!) {\n  books(where: {title: {_ilike: $words}}, order_by: {published: asc}, limit: 3) {\n    title\n    price\n    author {\n      name\n    }\n  }\n}',
  )
  await page.getByLabel('Variables', { exact: true }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText('{ "words": "%a%" }')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('region', { name: 'Result' }).getByText('Answered').waitFor()
  await shot('graphql')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByRole('heading', { name: 'Who decides over the rows' }).waitFor()
  await shot('graphql-explain')

  await open('/policies?schema=public&table=reviews')
  await page.getByRole('heading', { name: 'Who may do what' }).waitFor()
  await shot('policies')
  await open('/policies?schema=public&table=authors')
  await page.getByRole('button', { name: 'Use template' }).click()
  await page.getByRole('radio').first().click()
  await page.waitForTimeout(500)
  await shot('policy-template')
  await page.keyboard.press('Escape')
  await open('/policies?schema=public&table=authors')
  await shot('policies-closed')
  await page.getByRole('button', { name: 'Write policy' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('members read')
  await page.getByRole('dialog').getByLabel('Rows it applies to').fill('born > 1800')
  await page.waitForTimeout(500)
  await shot('policy-write')
  await page.keyboard.press('Escape')

  await open('/users')
  await page.getByText('ada@example.com').first().waitFor()
  await shot('users')
  await page.getByText('ada@example.com').first().click()
  await page.getByRole('heading', { name: 'User metadata' }).waitFor()
  await shot('user')
  await open('/users?create=true')
  await shot('user-create')
  await open('/users?q=nobody')
  await shot('users-none')

  await open('/storage/avatars')
  await page.getByText('ada.svg').waitFor()
  await shot('storage')
  await page.getByText('ada.svg').click()
  await page.getByRole('img', { name: 'ada.svg' }).waitFor()
  await shot('file')
  await open('/storage/reports')
  await page.getByText('2026').first().waitFor()
  await page.getByRole('button', { name: 'Create bucket' }).click()
  await shot('bucket-create')

  await open('/settings/keys')
  await page.getByRole('button', { name: 'Load secrets' }).click()
  await page.getByText('Database URL').waitFor()
  await shot('keys')
  await open('/settings/auth')
  await shot('settings')
  await open('/nowhere')
  await shot('not-found')
  return taken
}

const onPhone: readonly (readonly [name: string, path: string, act?: (page: Page) => Promise<void>])[] = [
  ['home', '/'],
  ['tables', '/tables'],
  ['tables-list', '/tables/public/books', (page) => page.getByRole('button', { name: 'Tables', exact: true }).click()],
  ['rows', '/tables/public/measurements'],
  ['row-insert', '/tables/public/books', (page) => page.getByRole('button', { name: 'Insert row' }).click()],
  ['definition', '/tables/public/measurements?tab=definition'],
  ['create-table', '/tables/new'],
  ['sql', '/sql'],
  ['graphql', '/graphql'],
  ['graphql-schema', '/graphql', (page) => page.getByRole('button', { name: 'Schema' }).click()],
  ['policies', '/policies?schema=public&table=reviews'],
  ['policy-template', '/policies?schema=public&table=authors', (page) => page.getByRole('button', { name: 'Use template' }).click()],
  ['users', '/users'],
  ['bucket', '/storage/avatars'],
  ['settings-auth', '/settings/auth'],
  ['settings-keys', '/settings/keys'],
]

/** Takes the pictures of a phone. */
export async function walkOnPhone(page: Page, { url, folder }: WalkOptions): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const [name, path, act] of onPhone) {
    await page.goto(`${url}/console${path}`)
    await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => undefined)
    await act?.(page)
    await page.waitForTimeout(350)
    await page.screenshot({ path: join(folder, `${name}-phone.png`) })
  }
}

// GraphQL in the console, in a real browser against a real server: the role switch shows what policies let through.
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'
import { type Complaints, launchBrowser, openPage, setUp, tellFailures } from './browser.ts'

let server: TestServer
let browser: Browser
let page: Page
let complaints: Complaints

const ada = { email: 'ada@example.com', password: 'a long enough passphrase' }

tellFailures(() => page)
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
  ;({ page, complaints } = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] }))
  await setUp(page, server.consoleSetupUrl)
  const created = await fetch(`${server.url}/auth/v1/admin/users`, {
    method: 'POST',
    headers: { apikey: server.serviceKey, authorization: `Bearer ${server.serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...ada, email_confirm: true }),
  })
  const { id } = (await created.json()) as { id: string }
  await sql(`
    create table notes (id bigint primary key, title text not null, owner uuid, secret boolean not null default false);
    comment on table notes is 'What people write down.';
    comment on column notes.title is 'The first line.';
    insert into notes values (1, 'for everybody', null, false), (2, 'of Ada', '${id}', true), (9007199254740993, 'of nobody', null, true);
    alter table notes enable row level security;
    create policy everybody on notes for select using (not secret);
    create policy own on notes for select to authenticated using (owner = auth.uid());
    grant select on notes to anon, authenticated, service_role; select 1`)
  await page.goto(`${server.url}/console/graphql`)
  await page.getByLabel('GraphQL document').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

async function sql(query: string): Promise<unknown[][]> {
  return (JSON.parse(await server.plinth('sql', '-c', query, '--json')) as { rows: unknown[][] }).rows
}
const documentField = () => page.getByLabel('GraphQL document')
const result = () => page.getByRole('region', { name: 'Result' })
const docs = () => page.getByRole('region', { name: 'Schema' })
async function write(text: string): Promise<void> {
  await documentField().click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
}
async function writeVariables(text: string): Promise<void> {
  await page.getByLabel('Variables', { exact: true }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}
const isRun = (request: Request) =>
  request.url().endsWith('/graphql/v1') && request.method() === 'POST' && request.postData()?.includes('IntrospectionQuery') === false
/** Runs what is written and gives the answer. */
async function run(): Promise<string> {
  await documentField().focus()
  const answered = page.waitForResponse((response) => isRun(response.request()))
  await page.keyboard.press('Control+Enter')
  return (await answered).text()
}
async function runAs(role: string): Promise<void> {
  await page.getByRole('button', { name: /^Run as/ }).click()
  await page.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: role, exact: true }).click()
  await page.keyboard.press('Escape')
}

describe('the document', () => {
  it('is completed from the schema of the role', async () => {
    await docs()
      .getByRole('button', { name: /^Query/ })
      .waitFor()
    await documentField().click()
    await page.keyboard.type('{ note')
    await page.getByRole('option', { name: /^notes_by_pk/ }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('has its faults underlined and explained', async () => {
    await write('{ notes { titel } }')
    await page.locator('.cm-lintRange-error').hover()
    await page.getByText('Cannot query field "titel"').waitFor()
    await page.mouse.move(0, 0)
  })

  it('tells what a name stands for', async () => {
    await write('{ notes { title } }')
    await page.locator('.cm-line').getByText('title', { exact: true }).first().hover()
    await page.getByText('The first line.').waitFor()
    await page.mouse.move(0, 0)
  })

  it('is put into its usual form, with its comments', async () => {
    await write('query Q{notes{id,title}}')
    await page.getByRole('button', { name: 'Prettify' }).click()
    await page.locator('.cm-line').getByText('query Q {').waitFor()
    await write('query Q {\n# why\nnotes {\nid\n}\n}')
    await page.getByRole('button', { name: 'Prettify' }).click()
    await expect.poll(() => documentField().innerText()).toMatch(/^query Q \{\n {2}# why\n {2}notes \{\n {4}id\n {2}\}\n\}$/)
  })
})

describe('a run', () => {
  it('shows the answer with every digit, its time and its size', async () => {
    await write('{ notes(order_by: {id: asc}) { id title } }')
    expect(await run()).toContain('9007199254740993')
    await result().getByText('9007199254740993').waitFor()
    await result().getByText('Answered').waitFor()
    await result()
      .getByText(/\d+ ms/)
      .waitFor()
    await result().getByText(/\d+ B/).waitFor()
  })

  it('folds rows away and back', async () => {
    await result().getByRole('button', { name: 'Fold rows' }).click()
    await result().getByText('of nobody').waitFor({ state: 'detached' })
    await result().getByRole('button', { name: 'Unfold' }).click()
    await result().getByText('of nobody').waitFor()
  })

  it('as anon gives what everybody may see, over a request without a token', async () => {
    await runAs('anon')
    const sent = page.waitForRequest(isRun)
    expect(JSON.parse(await run())).toEqual({ data: { notes: [{ id: 1, title: 'for everybody' }] } })
    expect((await sent).headers().authorization).toBeUndefined()
  })

  it('as a user gives what that user may see, and is written down', async () => {
    await runAs('authenticated')
    await page.getByRole('button', { name: /^Run as/ }).click()
    await page.getByRole('combobox', { name: 'User' }).click()
    await page.getByRole('option', { name: ada.email }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: `Run as ${ada.email}` }).waitFor()
    const { data } = JSON.parse(await run()) as { data: { notes: { title: string }[] } }
    expect(data.notes.map(({ title }) => title)).toEqual(['for everybody', 'of Ada'])
    expect(await sql(`select target from plinth.audit_log where action = 'token.create' limit 1`)).toEqual([['authenticated']])
  })

  it('as own claims gives what those let through', async () => {
    await page.getByRole('button', { name: /^Run as/ }).click()
    await page.getByLabel('Claims').fill('{ "sub": "00000000-0000-4000-8000-000000000000" }')
    await page.keyboard.press('Escape')
    const { data } = JSON.parse(await run()) as { data: { notes: { title: string }[] } }
    expect(data.notes.map(({ title }) => title)).toEqual(['for everybody'])
  })

  it('sends variables as they are written, and nothing while they are no JSON', async () => {
    await runAs('service_role')
    await write('query One($id: bigint!) { notes_by_pk(id: $id) { title } }')
    await writeVariables('{ "id": ')
    await documentField().focus()
    await page.keyboard.press('Control+Enter')
    await page.getByRole('alert').getByText('The variables are no JSON').first().waitFor()
    await page.getByRole('alert').getByRole('button').click()
    await writeVariables('{ "id": 9007199254740993 }')
    await page.locator('.cm-lintRange-warning').hover()
    await page.getByText('is rounded on its way').waitFor()
    await page.mouse.move(0, 0)
    await writeVariables('{ "id": "9007199254740993" }')
    expect(JSON.parse(await run())).toEqual({ data: { notes_by_pk: { title: 'of nobody' } } })
    await writeVariables('')
  })

  it('is of the operation at the cursor, or of the chosen one', async () => {
    await write('query First { notes_by_pk(id: 1) { title } }\nquery Second { notes_by_pk(id: 2) { title } }')
    await page.keyboard.press('Control+End')
    expect(await run()).toContain('of Ada')
    await page.getByRole('combobox', { name: 'Operation' }).click()
    await page.getByRole('option', { name: 'First' }).click()
    await page.getByRole('button', { name: /^Run Ctrl/ }).click()
    await result().getByText('for everybody').waitFor()
  })

  it('that is refused says why', async () => {
    await write('{ notes { titel } }')
    await run()
    await result().getByText('Refused').waitFor()
    await result().getByText("field 'titel' not found in type: 'notes'").waitFor()
  })

  it('is explained: SQL, plan and the policies', async () => {
    await runAs('anon')
    await write('{ notes { id } }')
    await page.getByRole('button', { name: 'Explain' }).click()
    await result().getByText('everybody', { exact: false }).first().waitFor()
    await result().getByText('using', { exact: false }).first().waitFor()
    await result().getByLabel('the plan').getByText('Scan').waitFor()
    await result().getByLabel('the SQL').getByText('"notes"').waitFor()
    await runAs('service_role')
  })
})

describe('a subscription', () => {
  it('stays live in the result until it is stopped', async () => {
    await write('subscription Live { notes(where: {id: {_lt: 10}}, order_by: {id: asc}) { title } }')
    await documentField().focus()
    await page.keyboard.press('Control+Enter')
    await result().getByText('Live', { exact: true }).waitFor()
    await result().getByText('of Ada').waitFor()
    await sql(`insert into notes values (3, 'a new one'); select 1`)
    await result().getByText('a new one').waitFor()
    await result().getByText('2 results').waitFor()
    await result().getByRole('button', { name: 'Earlier result' }).click()
    await result().getByText('a new one').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Stop' }).click()
    await result().getByText('Ended').waitFor()
  })
})

describe('the schema', () => {
  it('is searched by name and description, and walked through', async () => {
    await docs().getByLabel('Search the schema').fill('write down')
    // A type comes before the fields that bear its description.
    const found = docs().getByRole('list', { name: 'Found in the schema' })
    await found
      .getByRole('button', { name: /^notes/ })
      .first()
      .click()
    await found.waitFor({ state: 'detached' })
    await docs().getByText('What people write down.').waitFor()
    await docs().getByRole('button', { name: 'title', exact: true }).click()
    await docs().getByText('The first line.').waitFor()
    await docs().getByRole('button', { name: 'Back' }).click()
    await docs().getByRole('button', { name: 'Back' }).click()
    await docs()
      .getByRole('button', { name: /^Query/ })
      .click()
    await docs().getByRole('button', { name: 'Open an operation with notes', exact: true }).click()
    expect(await run()).toContain('for everybody')
  })

  it('opens at a name that is clicked with Ctrl', async () => {
    await page
      .locator('.cm-line')
      .getByText('title')
      .first()
      .click({ modifiers: ['Control'] })
    await docs().getByRole('heading', { name: 'title' }).waitFor()
  })

  it('follows changes of the database', async () => {
    await sql(`alter table notes add column colour text; select 1`)
    await docs().getByRole('button', { name: 'Read the schema again' }).click()
    await docs().getByLabel('Search the schema').fill('colour')
    await docs()
      .getByRole('button', { name: /^colour\s*notes$/ })
      .click()
    await docs().getByRole('heading', { name: 'colour' }).waitFor()
  })

  it('is that of the role: what anon may not write is not there', async () => {
    await docs().getByLabel('Search the schema').fill('insert_notes_one')
    await docs()
      .getByRole('button', { name: /^insert_notes_one/ })
      .waitFor()
    await runAs('anon')
    await docs().getByText('Nothing has that name or description.').waitFor()
    await runAs('service_role')
    await docs().getByLabel('Search the schema').fill('')
  })
})

describe('what is kept', () => {
  it('are the tabs, over a reload', async () => {
    await page.getByRole('button', { name: 'New document' }).click()
    await page.keyboard.insertText('query Kept { notes { id } }')
    await page.getByRole('tab', { name: 'Kept' }).waitFor()
    const count = await page.getByRole('tab').count()
    await page.reload()
    await page.getByRole('tab', { name: 'Kept', selected: true }).waitFor()
    expect(await page.getByRole('tab').count()).toBe(count)
    await page.getByRole('tab', { name: 'Kept' }).focus()
    await page.keyboard.press('Delete')
    await page.getByRole('tab', { name: 'Kept' }).waitFor({ state: 'detached' })
  })

  it('is the history, with its variables', async () => {
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('menuitem', { name: /query One/ }).click()
    await page.getByRole('tab', { name: 'One', selected: true }).waitFor()
    await expect.poll(() => page.getByLabel('Variables', { exact: true }).innerText()).toContain('9007199254740993')
  })

  it('is no secret: code to copy names the key and does not hold it', async () => {
    for (const [form, words] of [
      ['Copy as curl', /curl http\S+\/graphql\/v1 .*\$PLINTH_SERVICE_KEY.*9007199254740993/s],
      ['Copy as fetch', /await fetch\('http\S+\/graphql\/v1'.*serviceKey.*9007199254740993/s],
    ] as const) {
      await page.getByRole('button', { name: 'Copy as code' }).click()
      await page.getByRole('menuitem', { name: form }).click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(words)
      expect(await page.evaluate(() => navigator.clipboard.readText())).not.toMatch(/eyJ|sb_secret/)
    }
    expect(await page.evaluate(() => JSON.stringify(Object.entries(localStorage)))).not.toMatch(/eyJ|sb_secret/)
  })
})

describe('by keyboard and on a narrow screen', () => {
  /** The controls of the screen that do not lie wholly within a window of this width. */
  const cutOff = async (width: number) => {
    const outside: string[] = []
    for (const name of [/^Run Ctrl/, /^Run as/, 'Explain', 'History']) {
      const box = await page.getByRole('button', { name }).boundingBox()
      if (!box || box.x < 0 || box.x + box.width > width) outside.push(`${name} ${JSON.stringify(box)}`)
    }
    return outside
  }

  it('g q leads here', async () => {
    await page.goto(`${server.url}/console/`)
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('q')
    await page.waitForURL('**/console/graphql')
    await documentField().waitFor()
  })

  it('nothing is cut off at 1024, 700 and 390 pixels', async () => {
    for (const width of [1024, 700, 390]) {
      await page.setViewportSize({ width, height: 768 })
      // The rail folds by a media query that the console hears of after the window has its new size.
      await expect.poll(() => cutOff(width)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('no script failed and nothing broke the security policy', () => expect(complaints.list).toEqual([]))
})

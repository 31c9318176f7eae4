// The console in a real browser against a real server: what an owner does on the first day.
import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server.ts'
import { type Complaints, launchBrowser, openPage, owner, signIn, tellFailures } from './browser.ts'

let server: TestServer
let browser: Browser
let page: Page
let complaints: Complaints

tellFailures(() => page)
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(), launchBrowser()])
  ;({ page, complaints } = await openPage(browser))
})
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

/** A script's result as the command line gives it: not through the console. */
async function rows(query: string): Promise<unknown[][]> {
  return (JSON.parse(await server.plinth('sql', '-c', query, '--json')) as { rows: unknown[][] }).rows
}
const open = (path: string) => page.goto(`${server.url}/console${path}`)
const cell = (column: string, row: number) => page.getByRole('grid').locator(`[data-column="${column}"]`).nth(row)
/** The grid answers Enter only when it has the focus, as for a person. */
async function edit(column: string, row: number, text: string): Promise<void> {
  await cell(column, row).dblclick()
  await page.getByLabel(`Edit ${column}`).fill(text)
  await page.getByLabel(`Edit ${column}`).press('Enter')
}

describe('the way in', () => {
  it('leads a stranger to the set-up hint while there is no owner', async () => {
    await open('/tables')
    await page.getByRole('heading', { name: 'This server has no owner yet' }).waitFor()
  })

  it('makes the owner by the one-time link, which then leaves the address bar', async () => {
    await page.goto(server.consoleSetupUrl)
    await page.getByRole('heading', { name: 'Make yourself the owner' }).waitFor()
    await expect.poll(() => page.url()).not.toContain('token=')
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('Use at least').waitFor()
    await page.getByLabel('Password', { exact: true }).fill(owner.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
  })

  it('takes the link once only', async () => {
    const { page: second } = await openPage(browser)
    await second.goto(server.consoleSetupUrl)
    await second.getByRole('heading', { name: 'Set-up is done' }).waitFor()
    await second.context().close()
  })

  it('refuses a wrong password with a reason, and signs in with the right one, back to where one was', async () => {
    const { page: second, complaints: heard } = await openPage(browser)
    await second.goto(`${server.url}/console/policies`)
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
    await second.getByLabel('E-mail').fill(owner.email)
    await second.getByLabel('Password', { exact: true }).fill('not the password')
    await second.getByRole('button', { name: 'Sign in' }).click()
    await second.getByRole('alert').getByText('E-mail or password is wrong.').waitFor()
    await second.getByLabel('Password', { exact: true }).fill(owner.password)
    await second.getByRole('button', { name: 'Sign in' }).click()
    await second.waitForURL('**/console/policies')
    await second.getByText('Nothing to protect yet').waitFor()
    expect(heard.list).toEqual([])
    await second.context().close()
  })

  it('signs out, and the next visit asks again', async () => {
    const { page: second } = await openPage(browser)
    await signIn(second, server.url)
    await second.getByRole('button', { name: `Account: ${owner.email}` }).click()
    await second.getByRole('menuitem', { name: 'Sign out' }).click()
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
    await second.goto(`${server.url}/console/tables`)
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
    await second.context().close()
  })
})

describe('home', () => {
  it('shows the address, the public key and that every part works', async () => {
    await open('/')
    await page.getByText(server.url, { exact: true }).waitFor()
    await page.getByText(server.publishableKey, { exact: true }).waitFor()
    // The address is there before the checks have answered.
    await expect.poll(() => page.getByLabel('Health').getByText('Works').count()).toBeGreaterThanOrEqual(3)
    expect(await page.getByLabel('Health').getByText('Fails').count()).toBe(0)
  })

  it('holds no secret until it is asked for', async () => {
    expect(await page.content()).not.toContain(server.serviceKey)
    expect(await page.content()).not.toContain(server.secretKey)
  })
})

describe('tables', () => {
  it('creates a table after showing the SQL and its lock', async () => {
    await open('/tables')
    await page.getByRole('link', { name: 'Create table' }).last().click()
    await page.getByLabel('Name', { exact: true }).fill('todos')
    await page.getByLabel('Name of column 3').fill('title')
    await page.getByRole('button', { name: 'Add column' }).click()
    await page.getByLabel('Name of column 4').fill('user_id')
    await page.getByRole('combobox', { name: 'Type of column 4' }).fill('uuid')
    await page.getByRole('option', { name: 'uuid', exact: true }).click()
    const preview = page.getByLabel('What will run')
    await preview.getByText('create table "public"."todos"').waitFor()
    await preview.getByText('"user_id" uuid').waitFor()
    await preview.getByText('Locks no existing table').waitFor()
    expect(await rows(`select to_regclass('public.todos')::text`)).toEqual([[null]])
    await page.getByRole('button', { name: 'Create table' }).click()
    await page.waitForURL('**/console/tables/public/todos')
    await page.getByRole('heading', { name: 'todos is empty' }).waitFor()
    expect(await rows(`select relrowsecurity from pg_class where relname = 'todos'`)).toEqual([[true]])
  })

  it('inserts a row', async () => {
    await page.getByRole('button', { name: 'Insert row' }).first().click()
    await page.getByLabel('title', { exact: true }).fill('water the plants')
    await page.getByLabel('Insert into todos').getByRole('button', { name: 'Insert row' }).click()
    await cell('title', 0).getByText('water the plants').waitFor()
    expect(await rows('select title from todos')).toEqual([['water the plants']])
  })

  it('edits a cell and saves it at once; undo brings the old value back', async () => {
    await edit('title', 0, 'feed the cat')
    await page.getByText('title saved').waitFor()
    expect(await rows('select title from todos')).toEqual([['feed the cat']])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => rows('select title from todos')).toEqual([['water the plants']])
    await cell('title', 0).getByText('water the plants').waitFor()
  })

  it('stages edits until they are saved, and keeps them over a reload', async () => {
    await page.getByText('Stage edits').click()
    await edit('title', 0, 'staged title')
    await page.getByText('1 change not saved').waitFor()
    await page.reload()
    await page.getByText('1 change not saved').waitFor()
    await cell('title', 0).getByText('staged title').waitFor()
    expect(await rows('select title from todos')).toEqual([['water the plants']])
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('1 change not saved').waitFor({ state: 'detached' })
    expect(await rows('select title from todos')).toEqual([['staged title']])
    await page.getByText('Save at once').click()
  })

  it('shows why the server refused an edit and lets it be discarded', async () => {
    await rows('alter table todos add constraint short_title check (length(title) < 20); select 1')
    await edit('title', 0, 'a title that is much too long for the rule')
    await page.getByRole('button', { name: /^Not saved: .*short_title/ }).waitFor()
    await page.getByRole('button', { name: 'Discard' }).last().click()
    await cell('title', 0).getByText('staged title').waitFor()
    expect(await rows('select title from todos')).toEqual([['staged title']])
  })

  it('loses no edit that follows another at once', async () => {
    // The first update is held back until the second edit is made: what becomes of the first is not the second's.
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const sent: unknown[] = []
    await page.route('**/rest/v1/todos*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue()
      if (sent.push(route.request().postDataJSON()) === 1) await held
      await route.continue()
    })
    await edit('title', 0, 'the first edit')
    await expect.poll(() => sent).toEqual([{ title: 'the first edit' }])
    await edit('title', 0, 'the second edit')
    release()
    await expect.poll(() => rows('select title from todos')).toEqual([['the second edit']])
    expect(sent).toEqual([{ title: 'the first edit' }, { title: 'the second edit' }])
    await page.unroute('**/rest/v1/todos*')

    // A mark that says "saved" goes after a while, and takes no newer edit along.
    await edit('title', 0, 'one more refused title, being too long')
    await page.getByRole('button', { name: /^Not saved: .*short_title/ }).waitFor()
    await edit('user_id', 0, randomUUID())
    await cell('user_id', 0).getByRole('status', { name: 'Saved', exact: true }).waitFor()
    await cell('user_id', 0).getByRole('status').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Not saved: .*short_title/ }).click()
    await page.getByRole('button', { name: 'Discard' }).last().click()
    await cell('title', 0).getByText('the second edit').waitFor()
    await rows(`update todos set title = 'staged title', user_id = null; select 1`)
    await page.getByRole('button', { name: 'Read the rows again' }).click()
    await cell('title', 0).getByText('staged title').waitFor()
  })

  it('is worked by keyboard alone: move, edit, NULL, save', async () => {
    await page.getByRole('grid').focus()
    await page.keyboard.press('Control+Home')
    for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows('select title from todos')).toEqual([['by keyboard']])
    await page.getByRole('grid').focus()
    await page.keyboard.press('Delete')
    await expect.poll(() => rows('select title from todos')).toEqual([[null]])
  })

  it('never rounds a bigint', async () => {
    await rows(
      `create table big (id bigint primary key, n numeric); insert into big values (9007199254740993, 0.1234567890123456789); select 1`,
    )
    await open('/tables/public/big')
    await cell('id', 0).getByText('9007199254740993', { exact: true }).waitFor()
    await cell('n', 0).getByText('0.1234567890123456789', { exact: true }).waitFor()
    await edit('n', 0, '12345678901234567890.5')
    await expect.poll(() => rows('select id::text, n::text from big')).toEqual([['9007199254740993', '12345678901234567890.5']])
  })

  it('filters, sorts and pages by the URL, with every row counted', async () => {
    await rows(
      `create table many (id int primary key, word text); insert into many select i, 'word ' || i from generate_series(1, 2500) i; analyze many; select 1`,
    )
    await open('/tables/public/many')
    await page.getByText('2,500 rows').waitFor()
    await page.getByRole('button', { name: 'Next page' }).click()
    await cell('id', 0).getByText('101', { exact: true }).waitFor()
    await page.waitForURL(/page=2/)
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('combobox', { name: 'Column' }).click()
    await page.getByRole('option', { name: 'word' }).click()
    await page.getByLabel('Value', { exact: true }).fill('99')
    await page.getByRole('button', { name: 'Apply filter' }).click()
    const [[expected]] = (await rows(`select count(*)::int from many where word like '%99%'`)) as [[number]]
    await page.getByText(`${expected} rows`, { exact: true }).waitFor()
    await page.getByRole('columnheader', { name: /\bid integer/ }).click()
    await page.getByRole('columnheader', { name: /\bid integer/ }).click()
    await cell('id', 0).getByText('2499', { exact: true }).waitFor()
    await page.reload()
    await cell('id', 0).getByText('2499', { exact: true }).waitFor()
    await page.getByText(`${expected} rows`, { exact: true }).waitFor()
  })

  it('deletes chosen rows only after asking', async () => {
    await page.getByLabel('Select row 1', { exact: true }).click()
    await page.getByLabel('Select row 2', { exact: true }).click()
    await page.getByRole('button', { name: 'Delete rows' }).click()
    expect(await rows('select count(*)::int from many')).toEqual([[2500]])
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 rows' }).click()
    await expect.poll(() => rows('select count(*)::int from many')).toEqual([[2498]])
  })

  it('adds and drops a column, the latter only when its name is typed', async () => {
    await open('/tables/public/todos?tab=definition')
    await page.getByRole('button', { name: 'Add column' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('done')
    await page.getByRole('dialog').getByText('add column "done" text').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Add column' }).click()
    await page.getByRole('cell', { name: 'done', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Change column done' }).click()
    await page.getByRole('menuitem', { name: 'Drop column' }).click()
    const drop = page.getByRole('dialog').getByRole('button', { name: 'Drop column' })
    expect(await drop.isEnabled()).toBe(false)
    await page.getByRole('dialog').getByRole('textbox').fill('done')
    await drop.click()
    await page.getByRole('cell', { name: 'done', exact: true }).waitFor({ state: 'detached' })
  })
})

describe('SQL', () => {
  const write = async (text: string) => {
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(text)
    await page.keyboard.press('Control+Enter')
  }

  it('runs a script and shows its rows', async () => {
    await open('/sql')
    await write('select id, word from many order by id limit 3')
    await page.getByRole('grid', { name: 'Result' }).getByText('word 3').waitFor()
    await page.getByText('SELECT 3 rows').waitFor()
  })

  it('runs the selection alone', async () => {
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText('select 1 as one;\nselect 2 as two')
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('columnheader', { name: /^one/ }).waitFor()
  })

  it('points at the fault', async () => {
    await write('select id,\n  wrod from many')
    await page.getByText('The script failed at line 2, column 3').waitFor()
    await expect.poll(() => page.locator('.cm-plinth-error').textContent()).toBe('wrod')
  })

  it('asks before it loses data', async () => {
    await write('delete from many')
    await page.getByRole('heading', { name: 'This script loses data' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await rows('select count(*)::int from many')).toEqual([[2498]])
  })

  it('keeps the draft over a reload', async () => {
    await page.reload()
    await page.locator('.cm-content').getByText('delete from many').waitFor()
  })

  it('runs as a role with claims, under its policies', async () => {
    await page.getByRole('button', { name: 'Run as owner' }).click()
    await page.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'anon', exact: true }).click()
    await page.keyboard.press('Escape')
    await write('select * from todos')
    await page.getByText('permission denied for table todos').waitFor()
  })
})

describe('policies', () => {
  it('opens a table by a template: the API obeys at once', async () => {
    const asStranger = async () => (await fetch(`${server.url}/rest/v1/todos`, { headers: { apikey: server.anonKey } })).status
    expect(await asStranger()).toBeGreaterThanOrEqual(400)
    await open('/policies?schema=public&table=todos')
    await page.getByRole('heading', { name: 'This table is closed' }).waitFor()
    await page.getByRole('button', { name: 'Use template' }).click()
    await page.getByRole('radio', { name: /Everyone reads, owners write/ }).click()
    await page.getByRole('dialog').getByText('create policy').waitFor()
    await page.getByRole('button', { name: 'Open table' }).click()
    await page.getByText('is open').waitFor()
    const grid = page.getByLabel('Who may do what with todos')
    await expect.poll(() => grid.getByRole('row', { name: /^anon/ }).textContent()).toBe('anonAll rowsNothingNothingNothing')
    await expect
      .poll(() => grid.getByRole('row', { name: /^authenticated/ }).textContent())
      .toBe('authenticatedAll rowsSome rowsSome rowsSome rows')
    expect(await asStranger()).toBe(200)
  })

  it('creates a policy by hand, with the grant that it needs', async () => {
    await open('/policies?schema=public&table=many')
    await page.getByRole('button', { name: 'Write policy' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('members read the first ten')
    await dialog.getByLabel('Rows it applies to').fill('id <= 10')
    await dialog.getByText('using (id <= 10)').waitFor()
    await dialog.getByRole('button', { name: 'Create policy' }).click()
    await page.getByRole('article').getByText('members read the first ten').waitFor()
    expect(await rows(`select policyname from pg_policies where tablename = 'many'`)).toEqual([['members read the first ten']])
    expect(await rows(`select has_table_privilege('authenticated', 'many', 'select')`)).toEqual([[true]])
  })

  it('deletes a policy after asking', async () => {
    await page.getByRole('button', { name: 'Delete policy members read the first ten' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete policy' }).click()
    await expect.poll(() => rows(`select count(*)::int from pg_policies where tablename = 'many'`)).toEqual([[0]])
  })
})

describe('users', () => {
  it('shows a user who signed up in an app', async () => {
    const answer = await fetch(`${server.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: server.anonKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery' }),
    })
    expect(answer.status).toBe(200)
    await open('/users')
    await page.getByRole('button', { name: 'ada@example.com' }).click()
    await page.getByRole('heading', { name: 'User metadata' }).waitFor()
  })

  it('creates a user who can sign in', async () => {
    await open('/users')
    await page.getByRole('button', { name: 'Create user' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail', { exact: true }).fill('grace@example.com')
    await dialog.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await dialog.getByRole('button', { name: 'Create user' }).click()
    await page.getByText('grace@example.com created').waitFor()
    const signedIn = await fetch(`${server.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { apikey: server.anonKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'grace@example.com', password: 'correct horse battery' }),
    })
    expect(signedIn.status).toBe(200)
  })

  it('finds a user by a part of the address and deletes one after the name is typed', async () => {
    await open('/users')
    await page.getByLabel('Find a user').fill('grac')
    await page.getByText('1 user', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'grace@example.com' }).click()
    await page.getByRole('button', { name: 'Delete user' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('grace@example.com')
    await page.getByRole('dialog').getByRole('button', { name: 'Delete user' }).click()
    await page.getByText('grace@example.com deleted').waitFor()
    expect(await rows(`select count(*)::int from auth.users where email = 'grace@example.com' and deleted_at is null`)).toEqual([[0]])
  })
})

describe('storage', () => {
  it('creates a bucket and uploads a file, whose bytes come back', async () => {
    await open('/storage')
    await page.getByRole('button', { name: 'Create bucket' }).last().click()
    await page.getByRole('dialog').getByLabel('Name').fill('notes')
    await page.getByRole('dialog').getByRole('button', { name: 'Create bucket' }).click()
    await page.waitForURL('**/console/storage/notes')
    await page
      .getByLabel('Files to upload')
      .setInputFiles({ name: 'hello.txt', mimeType: 'text/plain', buffer: Buffer.from('hello from the console') })
    await page.getByRole('heading', { name: '1 file uploaded' }).waitFor()
    await page.getByRole('button', { name: 'hello.txt' }).click()
    await page.getByText('hello from the console').waitFor()
    const file = await fetch(`${server.url}/storage/v1/object/notes/hello.txt`, {
      headers: { apikey: server.serviceKey, authorization: `Bearer ${server.serviceKey}` },
    })
    expect(await file.text()).toBe('hello from the console')
  })

  it('signs an address that opens without a key', async () => {
    await page.getByRole('button', { name: 'Sign address' }).click()
    const address = page.locator('code', { hasText: 'token=' })
    await address.waitFor()
    const answer = await fetch((await address.textContent()) ?? '')
    expect(await answer.text()).toBe('hello from the console')
  })

  it('deletes a file after asking', async () => {
    await page.getByRole('button', { name: 'Delete file' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete file' }).click()
    await page.getByRole('heading', { name: 'This bucket is empty' }).waitFor()
  })
})

describe('the rest of the house', () => {
  it('saves a setting and shows it after a reload', async () => {
    await open('/settings/auth')
    await page.getByLabel('Password characters min').fill('9')
    await page.getByRole('button', { name: 'Save settings' }).click()
    await page.getByText('Settings saved').waitFor()
    await page.reload()
    await expect.poll(() => page.getByLabel('Password characters min').inputValue()).toBe('9')
  })

  it('reveals a secret only on demand', async () => {
    await open('/settings/keys')
    await page.getByRole('button', { name: 'Load secrets' }).click()
    await page.getByRole('button', { name: 'Reveal Secret key for 30 seconds' }).waitFor()
    expect(await page.getByText(server.secretKey, { exact: true }).count()).toBe(0)
    await page.getByRole('button', { name: 'Reveal Secret key for 30 seconds' }).click()
    await page.getByText(server.secretKey, { exact: true }).waitFor()
  })

  it('goes anywhere by keyboard: palette and g with a letter', async () => {
    await open('/')
    await page.getByRole('heading', { name: 'First steps' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByLabel('Search the console').fill('todos')
    await page.getByRole('dialog').getByText('todos').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/console/tables/public/todos')
    await page.locator('body').click({ position: { x: 700, y: 20 } })
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.waitForURL('**/console/users')
  })

  it('never scrolls sideways, from 1440 down to 390 pixels', async () => {
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of [
        '/',
        '/tables',
        '/tables/new',
        '/tables/public/todos',
        '/sql',
        '/policies',
        '/users',
        '/storage',
        '/settings/keys',
      ]) {
        await open(path)
        await page.getByRole('navigation', { name: 'Sections' }).waitFor()
        expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), path).toBe(0)
      }
    }
  })

  it('has the whole width of a phone for what was chosen, and its list above', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await open('/tables/public/many')
    await page.getByRole('grid', { name: 'Rows of many' }).waitFor()
    expect((await page.getByRole('grid').boundingBox())!.width).toBeGreaterThan(330)
    await page.getByRole('button', { name: 'Tables', exact: true }).click()
    await page.getByRole('grid').waitFor({ state: 'hidden' })
    await page.getByRole('region', { name: 'Tables' }).getByRole('link', { name: 'todos' }).click()
    await page.getByRole('grid', { name: 'Rows of todos' }).waitFor()
    await page.getByRole('region', { name: 'Tables' }).waitFor({ state: 'detached' })
    const insert = await page.getByRole('button', { name: 'Insert row' }).boundingBox()
    expect(insert!.x + insert!.width).toBeLessThanOrEqual(390)
    // Turned, it is as wide as a small window: what was written stays.
    await open('/tables/new')
    await page.getByLabel('Name', { exact: true }).fill('half_written')
    await page.setViewportSize({ width: 844, height: 390 })
    await page.getByRole('separator', { name: 'Resize Tables' }).waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('half_written')
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('loads its first screen with at most 200 kB of code over the wire', async () => {
    const { page: fresh } = await openPage(browser)
    const sizes: Promise<number>[] = []
    fresh.on('requestfinished', (request) => {
      if (/\/console\/($|sign-in|.*\.(js|css)$)/.test(request.url())) sizes.push(request.sizes().then((size) => size.responseBodySize))
    })
    await fresh.goto(`${server.url}/console/`)
    await fresh.getByRole('heading', { name: 'Sign in' }).waitFor()
    await fresh.waitForLoadState('networkidle')
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(sizes.length).toBeGreaterThan(3)
    expect(bytes).toBeLessThan(200_000)
    await fresh.context().close()
  })

  it('met no script error and broke no rule of its own content security policy', () => {
    expect(complaints.list).toEqual([])
  })
})

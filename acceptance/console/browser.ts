// A real browser for the console's tests.
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterEach } from 'vitest'

/** Starts the browser that PLINTH_TEST_BROWSER names, or Debian's chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.PLINTH_TEST_BROWSER ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  })
}

/** What a page has complained about: script errors and anything that its security policy refused. */
export interface Complaints {
  readonly list: string[]
}

/** A page of its own profile that notes every script error. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: Complaints }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const list: string[] = []
  page.on('pageerror', (error) => list.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught|Minified React/.test(message.text())) list.push(message.text())
  })
  page.setDefaultTimeout(20_000)
  // A processor that is so many times slower, for the page alone: shows what works by luck of timing.
  const slowdown = Number(process.env.PLINTH_TEST_BROWSER_SLOWDOWN ?? 1)
  if (slowdown > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  return { page, complaints: { list } }
}

/** Prints what the page shows, as a screen reader would hear it, after every test that failed. */
export function tellFailures(page: () => Page): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    console.error(`${task.name}: the page ${page().url()} shows\n${await page().locator('body').ariaSnapshot()}`)
  })
}

/** The account that the tests make. */
export const owner = { email: 'owner@example.com', password: 'a long enough passphrase' }

/** Makes the owner by the one-time link. */
export async function setUp(page: Page, setupUrl: string): Promise<void> {
  await page.goto(setupUrl)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('heading', { name: 'First steps' }).waitFor()
}

/** Signs in with e-mail and password. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/console/sign-in`)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'First steps' }).waitFor()
}

// Saves a picture of every screen, in light and dark, at 1440 and at 1024 pixels, and of most on a phone:
// `PLINTH_TEST_SCREENSHOTS=folder node scripts/run-ts.mjs acceptance/console/screenshots.ts`.
import { mkdir } from 'node:fs/promises'
import { startServer } from '../server.ts'
import { launchBrowser, openPage, owner, setUp } from './browser.ts'
import { fillProject, walkOnPhone, walkScreens } from './walk.ts'

const folder = process.env.PLINTH_TEST_SCREENSHOTS ?? '.build/screenshots'
await mkdir(folder, { recursive: true })
const browser = await launchBrowser()
await using server = await startServer()
try {
  const { page } = await openPage(browser)
  await page.goto(server.consoleSetupUrl)
  await page.getByRole('heading', { name: 'Make yourself the owner' }).waitFor()
  await page.screenshot({ path: `${folder}/set-up-light.png` })
  await setUp(page, server.consoleSetupUrl)
  await page.screenshot({ path: `${folder}/home-empty-light.png` })
  for (const [name, path] of [
    ['tables-empty', '/tables'],
    ['users-empty', '/users'],
    ['storage-empty', '/storage'],
    ['policies-empty', '/policies'],
    ['sql-empty', '/sql'],
  ] as const) {
    await page.goto(`${server.url}/console${path}`)
    await page.waitForTimeout(700)
    await page.screenshot({ path: `${folder}/${name}-light.png` })
  }
  await fillProject(page, { url: server.url, folder })
  for (const theme of ['light', 'dark'] as const) {
    await page.setViewportSize({ width: 1440, height: 900 })
    await walkScreens(page, { url: server.url, folder }, theme)
    await page.setViewportSize({ width: 1024, height: 768 })
    await walkScreens(page, { url: server.url, folder }, theme, '-1024')
  }
  await walkOnPhone(page, { url: server.url, folder })
  const stranger = await openPage(browser, { colorScheme: 'dark' })
  await stranger.page.goto(`${server.url}/console/`)
  await stranger.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await stranger.page.getByLabel('E-mail').fill(owner.email)
  await stranger.page.getByLabel('Password', { exact: true }).fill('wrong')
  await stranger.page.getByRole('button', { name: 'Sign in' }).click()
  await stranger.page.getByRole('alert').waitFor()
  await stranger.page.screenshot({ path: `${folder}/sign-in-dark.png` })
} finally {
  await browser.close()
}

import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataDirectory } from './data-directory.ts'

describe('DataDirectory', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plinth-data-'))
  })
  afterEach(async () => {
    await chmod(folder, 0o700)
    await rm(folder, { recursive: true })
  })

  it('makes a missing folder and recognises it again', async () => {
    const path = join(folder, 'new')
    await DataDirectory.open(path)
    expect(await DataDirectory.open(path)).toMatchObject({ path })
  })

  it('refuses a folder with other files in it and leaves them alone', async () => {
    await writeFile(join(folder, 'thesis.txt'), 'mine')
    await expect(DataDirectory.open(folder)).rejects.toMatchObject({ code: 'not_ours', message: expect.stringContaining(folder) })
    expect(await readdir(folder)).toEqual(['thesis.txt'])
  })

  it('names a path that is a file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(DataDirectory.open(file)).rejects.toMatchObject({ code: 'not_a_folder' })
  })

  it('refuses a folder of a newer format', async () => {
    await writeFile(join(folder, 'plinth.json'), '{"format":99}')
    await expect(DataDirectory.open(folder)).rejects.toMatchObject({ code: 'newer_format' })
  })

  it('keeps a secret: made once, the same after reopening, readable by its owner only', async () => {
    const first = await DataDirectory.open(folder)
    const made = await first.secret('jwt', () => 'generated')
    const again = await (await DataDirectory.open(folder)).secret('jwt', () => 'another')
    expect([made, again]).toEqual(['generated', 'generated'])
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600)
  })

  it('keeps every secret when several are made at once', async () => {
    const data = await DataDirectory.open(folder)
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => data.secret(name, () => name)))
    expect(JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8'))).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' })
  })

  it('says so when the secrets are damaged instead of making new ones', async () => {
    await DataDirectory.open(folder)
    await writeFile(join(folder, 'secrets.json'), '{')
    await expect(DataDirectory.open(folder)).rejects.toMatchObject({ code: 'secrets_damaged' })
  })
})

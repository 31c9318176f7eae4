// How long a start takes until /health/ready says ok, and what it then weighs, all processes counted.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryOfTree } from './processes.ts'

/** Medians over the repetitions. Memory is resident (RSS) and proportional (PSS), the sum over the process tree. */
export interface StartFigures {
  readonly repetitions: number
  readonly coldMs: number
  readonly warmMs: number
  readonly residentMb: number
  readonly proportionalMb: number
}

/** Cold is on an empty data folder, warm is the next start on the same one; installed and built both times. */
export async function measureStart(repetitions: number): Promise<StartFigures> {
  const cold: number[] = []
  const warm: number[] = []
  const resident: number[] = []
  const proportional: number[] = []
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const dataDir = mkdtempSync(join(tmpdir(), 'plinth-start-'))
    cold.push((await startOnce(dataDir)).ms)
    const second = await startOnce(dataDir)
    warm.push(second.ms)
    resident.push(second.residentMb)
    proportional.push(second.proportionalMb)
    rmSync(dataDir, { recursive: true, force: true })
    process.stderr.write(
      `  start ${repetition + 1} of ${repetitions}: cold ${cold.at(-1)} ms, warm ${warm.at(-1)} ms, ${resident.at(-1)} MB\n`,
    )
  }
  return { repetitions, coldMs: median(cold), warmMs: median(warm), residentMb: median(resident), proportionalMb: median(proportional) }
}

async function startOnce(dataDir: string): Promise<{ ms: number; residentMb: number; proportionalMb: number }> {
  const started = performance.now()
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: { ...process.env, PLINTH_DATA_DIR: dataDir, PLINTH_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      const found = output.includes('Plinth is ready') ? /https?:\/\/[\d.]+:\d+/.exec(output) : null
      if (found !== null) resolve(found[0])
    })
    child.once('close', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
  while (!(await fetch(`${url}/health/ready`)).ok) await new Promise((resolve) => setTimeout(resolve, 10))
  const ms = Math.round(performance.now() - started)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  const memory = memoryOfTree(child.pid!)
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  await ended
  return { ms, ...memory }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

// How long a start takes until /health/ready says ok, and what it then weighs, all processes counted.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** From /proc: shared pages count once in the proportional sum and once per process in the resident one. */
function memoryOfTree(root: number): { residentMb: number; proportionalMb: number } {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // The process has ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && parents.get(pid)! > 1 && isBelow(parents.get(pid)!))
  let resident = 0
  let proportional = 0
  for (const pid of [...parents.keys()].filter(isBelow)) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    resident += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
    proportional += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return { residentMb: Math.round(resident / 1024), proportionalMb: Math.round(proportional / 1024) }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

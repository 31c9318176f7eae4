// What processes cost, from /proc: memory and processor time of a process tree.
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc/<pid>/stat per second: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

interface ProcessEntry {
  readonly parent: number
  readonly name: string
  readonly cpuSeconds: number
}

function processes(): Map<number, ProcessEntry> {
  const found = new Map<number, ProcessEntry>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')]
      const fields = stat.slice(close + 2).split(' ')
      const name = stat.slice(open + 1, close)
      const [own, ofEnded] = [Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14])]
      // Connections come and go: what those of Postgres took that are gone is their postmaster's.
      const cpuSeconds = (own + (name.startsWith('postgres') ? ofEnded : 0)) / TICKS_PER_SECOND
      found.set(Number(entry), { parent: Number(fields[1]), name, cpuSeconds })
    } catch {
      // The process has ended meanwhile.
    }
  }
  return found
}

function treeOf(root: number): Map<number, ProcessEntry> {
  const all = processes()
  const isBelow = (pid: number): boolean => {
    return pid === root || ((all.get(pid)?.parent ?? 0) > 1 && isBelow(all.get(pid)!.parent))
  }
  return new Map([...all].filter(([pid]) => isBelow(pid)))
}

/** Shared pages count once in the proportional sum and once per process in the resident one. */
export function memoryOfTree(root: number): { residentMb: number; proportionalMb: number } {
  let resident = 0
  let proportional = 0
  for (const pid of treeOf(root).keys()) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    resident += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
    proportional += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
  }
  return { residentMb: Math.round(resident / 1024), proportionalMb: Math.round(proportional / 1024) }
}

/** Processor seconds so far of a tree's living processes, and of the Postgres processes that have ended; Postgres apart from the rest. */
export function cpuOfTree(root: number): { serverSeconds: number; postgresSeconds: number } {
  let [serverSeconds, postgresSeconds] = [0, 0]
  for (const { name, cpuSeconds } of treeOf(root).values()) {
    if (name.startsWith('postgres')) postgresSeconds += cpuSeconds
    else serverSeconds += cpuSeconds
  }
  return { serverSeconds, postgresSeconds }
}

/** Resident memory of one process. */
export function residentMbOf(pid: number): number {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
}

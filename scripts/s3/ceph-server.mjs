// A real S3 server out of Debian's packages: one Ceph monitor, one storage daemon in memory, one object gateway, all on
// loopback ports that were free. Everything it keeps lies in one folder; nothing outlives `stopCeph`.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The programs that must be there, and the Debian packages that bring them. */
export const cephPrograms = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'monmaptool', 'ceph-authtool']
export const cephPackages = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph-common']

const STEP_TIMEOUT_MS = 60_000

/**
 * Starts the server and waits until it answers.
 * @param {(line: string) => void} say
 * @returns {Promise<{ endpoint: string, accessKey: string, secretKey: string, folder: string, pids: number[] }>}
 */
export async function startCeph(say) {
  // A short path: the daemons refuse socket names beyond 107 characters.
  const folder = mkdtempSync(join(tmpdir(), 'plinth-s3-'))
  const server = new CephServer(folder, await freePorts(3))
  try {
    await server.start(say)
  } catch (error) {
    server.printLogs(say)
    stopCeph({ folder, pids: server.pids })
    throw error
  }
  const { accessKey, secretKey, endpoint, pids } = server
  return { endpoint, accessKey, secretKey, folder, pids }
}

/** Ends the daemons and removes their folder. */
export function stopCeph({ folder, pids }) {
  for (const pid of pids) {
    if (!isOurs(pid, folder)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if (error.code !== 'ESRCH') throw error
    }
  }
  rmSync(folder, { recursive: true, force: true })
}

/** A pid may have been given to another program since: ours name our folder on their command line. */
function isOurs(pid, folder) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
  } catch {
    return false
  }
}

class CephServer {
  pids = []
  accessKey = `PLINTH${randomBytes(6).toString('hex').toUpperCase()}`
  secretKey = randomBytes(20).toString('hex')

  constructor(folder, [monitorPort, monitorPortV1, gatewayPort]) {
    this.folder = folder
    this.monitorAddresses = `[v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${monitorPortV1}]`
    this.gatewayPort = gatewayPort
    this.endpoint = `http://127.0.0.1:${gatewayPort}`
    this.clusterId = randomUUID()
  }

  async start(say) {
    for (const name of ['mon', 'osd', 'mgr', 'run']) mkdirSync(join(this.folder, name))
    writeFileSync(join(this.folder, 'ceph.conf'), this.configuration())
    this.makeKeys()
    this.run('monmaptool', ['--create', '--fsid', this.clusterId, '--addv', 'a', this.monitorAddresses, this.path('monmap')])
    this.run('ceph-mon', [...this.conf, '--mkfs', '-i', 'a', '--monmap', this.path('monmap'), '--keyring', this.path('keyring')])
    this.daemon('ceph-mon', ['-i', 'a'])
    await this.until('the monitor', () => this.try('ceph', ['--connect-timeout', '3', '-s']))
    say('the monitor runs')

    const osdId = randomUUID()
    this.run('ceph', [...this.conf, 'osd', 'new', osdId])
    this.run('ceph-osd', [...this.conf, '-i', '0', '--mkfs', '--osd-uuid', osdId])
    this.run('ceph', [...this.conf, 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=localhost'])
    this.daemon('ceph-osd', ['-i', '0'])
    await this.until('the storage daemon', () => /\b1 up\b/.test(this.try('ceph', ['--connect-timeout', '3', 'osd', 'stat']) || ''))
    say('the storage daemon runs')

    this.daemon('radosgw', ['-n', 'client.rgw'])
    await this.until('the gateway', () => answers(this.endpoint))
    const user = [
      'user',
      'create',
      '--uid=plinth',
      '--display-name=plinth',
      `--access-key=${this.accessKey}`,
      `--secret-key=${this.secretKey}`,
    ]
    this.run('radosgw-admin', [...this.conf, ...user])
    say(`the gateway answers at ${this.endpoint}`)
  }

  get conf() {
    return ['-c', this.path('ceph.conf')]
  }

  path(name) {
    return join(this.folder, name)
  }

  /** Keys are on (cephx): with authentication off the gateway of this version hangs at its start. */
  makeKeys() {
    const make = (name, caps, create = []) =>
      this.run('ceph-authtool', [
        ...create,
        this.path('keyring'),
        '--gen-key',
        '-n',
        name,
        ...caps.flatMap(([who, may]) => ['--cap', who, may]),
      ])
    make('mon.', [['mon', 'allow *']], ['--create-keyring'])
    make('client.admin', [
      ['mon', 'allow *'],
      ['osd', 'allow *'],
      ['mgr', 'allow *'],
    ])
    make('osd.0', [
      ['mon', 'allow profile osd'],
      ['osd', 'allow *'],
      ['mgr', 'allow profile osd'],
    ])
    make('client.rgw', [
      ['mon', 'allow rwx'],
      ['osd', 'allow rwx'],
    ])
  }

  configuration() {
    const { folder } = this
    const lines = {
      fsid: this.clusterId,
      mon_initial_members: 'a',
      mon_host: this.monitorAddresses,
      public_network: '127.0.0.0/8',
      public_addr: '127.0.0.1',
      cluster_addr: '127.0.0.1',
      ms_bind_ipv4: true,
      auth_cluster_required: 'cephx',
      auth_service_required: 'cephx',
      auth_client_required: 'cephx',
      osd_pool_default_size: 1,
      osd_pool_default_min_size: 1,
      osd_pool_default_pg_num: 1,
      osd_pool_default_pgp_num: 1,
      osd_pool_default_pg_autoscale_mode: 'off',
      osd_crush_chooseleaf_type: 0,
      osd_heartbeat_grace: 60,
      osd_objectstore: 'memstore',
      memstore_device_bytes: 2 ** 30,
      mon_allow_pool_size_one: true,
      mon_warn_on_pool_no_redundancy: false,
      mon_max_pg_per_osd: 1000,
      mon_data_avail_crit: 1,
      mon_data_avail_warn: 1,
      mon_data: `${folder}/mon`,
      osd_data: `${folder}/osd`,
      mgr_data: `${folder}/mgr`,
      run_dir: `${folder}/run`,
      admin_socket: `${folder}/run/$name.asok`,
      pid_file: `${folder}/run/$name.pid`,
      log_file: `${folder}/$name.log`,
      keyring: `${folder}/keyring`,
      rgw_enable_usage_log: false,
    }
    const gateway = { rgw_frontends: `beast endpoint=127.0.0.1:${this.gatewayPort}`, rgw_thread_pool_size: 16 }
    const section = (name, values) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)]
    return `${[...section('global', lines), ...section('client.rgw', gateway)].join('\n')}\n`
  }

  daemon(program, args) {
    const output = openSync(this.path(`${program}.out`), 'a')
    const child = spawn(program, [...this.conf, ...args, '-f'], { cwd: this.folder, detached: true, stdio: ['ignore', output, output] })
    closeSync(output)
    child.unref()
    child.on('error', () => {})
    if (child.pid !== undefined) this.pids.push(child.pid)
  }

  run(program, args) {
    const result = spawnSync(program, args, { cwd: this.folder, encoding: 'utf8', timeout: STEP_TIMEOUT_MS })
    if (result.status === 0) return result.stdout
    throw new Error(
      `${program} ${args.slice(0, 6).join(' ')} failed: ${result.error?.message ?? (result.stderr.trim() || `exit ${result.status}`)}`,
    )
  }

  try(program, args) {
    const result = spawnSync(program, [...this.conf, ...args], { cwd: this.folder, encoding: 'utf8', timeout: 5_000 })
    return result.status === 0 ? result.stdout : undefined
  }

  async until(what, isThere) {
    const giveUpAt = Date.now() + STEP_TIMEOUT_MS
    while (!(await isThere())) {
      if (Date.now() > giveUpAt) throw new Error(`${what} did not come up within ${STEP_TIMEOUT_MS / 1000} s`)
      await sleep(300)
    }
  }

  printLogs(say) {
    for (const name of ['ceph-mon.out', 'ceph-osd.out', 'radosgw.out']) {
      try {
        const text = readFileSync(this.path(name), 'utf8').trim()
        if (text !== '') say(`${name}:\n${text.split('\n').slice(-15).join('\n')}`)
      } catch {
        // A daemon that was not reached has no log.
      }
    }
  }
}

/** Whether an HTTP server answers there, with any status. */
export async function answers(endpoint) {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return true
  } catch {
    return false
  }
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

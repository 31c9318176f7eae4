// What the embedded server runs with. Durable (fsync, full page writes and synchronous commit stay on), ready for
// logical decoding, and small: the whole product has to start below 300 MB (shared_buffers: memory.ts).

/** Names and values as Postgres knows them; given on the command line, so no file can drift. */
export type ServerSettings = Readonly<Record<string, string>>

export const defaultServerSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  superuser_reserved_connections: '3',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  temp_buffers: '2MB',
  // Reads go through the page cache here; the three extra processes of io_method=worker are not worth their memory.
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '1',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '2',
  jit: 'off',
  huge_pages: 'off',
  random_page_cost: '1.1',
  wal_level: 'logical',
  max_wal_senders: '6',
  max_replication_slots: '6',
  // An abandoned slot may hold back this much WAL at most, then it is invalidated and its readers get `resync`.
  max_slot_wal_keep_size: '1GB',
  max_wal_size: '512MB',
  min_wal_size: '64MB',
  wal_compression: 'on',
  checkpoint_completion_target: '0.9',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %u@%d ',
  // A failing statement is the caller's business and may hold personal data.
  log_min_error_statement: 'panic',
  log_min_messages: 'warning',
}

/** The settings as `-c name=value` pairs, in a stable order. */
export function settingsArguments(settings: ServerSettings): string[] {
  return Object.keys(settings)
    .sort()
    .flatMap((name) => ['-c', `${name}=${settings[name]}`])
}

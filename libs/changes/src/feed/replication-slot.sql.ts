// What the feed asks of the server before it streams. Identifiers in here are constants or made by replication-slot.ts.

export const readServerSql = `
  SELECT current_setting('wal_level') AS "walLevel", current_setting('server_version_num')::int AS "version",
         current_database() AS "database"`

export const readPublicationSql = `
  SELECT p.puballtables AS "allTables", pg_has_role(p.pubowner, 'USAGE') AS "ours"
  FROM pg_publication p WHERE p.pubname = 'plinth'`

export const readSlotsSql = `
  SELECT slot_name AS "name", confirmed_flush_lsn::text AS "confirmedLsn", coalesce(wal_status, 'reserved') AS "walStatus", active
  FROM pg_replication_slots
  WHERE database = current_database() AND plugin = 'pgoutput' AND starts_with(slot_name, $1)
  ORDER BY slot_name`

/** WAL that the slot's reader has not received, and WAL that the slot holds back. */
export const readLagSql = `
  SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), $2::pg_lsn)::float8 AS "lagBytes",
         pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::float8 AS "retainedBytes"
  FROM pg_replication_slots s WHERE s.slot_name = $1`

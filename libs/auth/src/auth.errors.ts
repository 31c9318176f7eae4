import { defineErrors } from '#libs/kernel'

/**
 * Refusals of the auth API with GoTrue's words (contract: errors). The code is GoTrue's, except where GoTrue uses one code
 * with two statuses: {@link wireCodes} gives the code that goes out then.
 */
export const authErrors = defineErrors('auth', {
  validation_failed: { status: 400, message: '{reason}' },
  bad_json: { status: 400, message: 'Could not parse request body as JSON: {reason}' },
  invalid_credentials: { status: 400, message: 'Invalid login credentials' },
  unsupported_grant_type: { status: 400, message: 'unsupported_grant_type' },
  email_not_confirmed: { status: 400, message: 'Email not confirmed' },
  user_banned: { status: 400, message: 'User is banned' },
  email_provider_disabled: { status: 400, message: 'Email {what} are disabled' },
  phone_provider_disabled: { status: 400, message: 'Phone {what} are disabled' },
  current_password_required: { status: 400, message: 'Current password required when setting new password.' },
  current_password_invalid: { status: 400, message: 'Current password required when setting new password is incorrect.' },
  refresh_token_not_found: { status: 400, message: 'Invalid Refresh Token: Refresh Token Not Found' },
  refresh_token_already_used: { status: 400, message: 'Invalid Refresh Token: Already Used' },
  session_expired: { status: 400, message: 'Invalid Refresh Token: Session Expired' },
  no_authorization: { status: 401, message: 'This endpoint requires a valid Bearer token' },
  api_key_refused: { status: 401, message: 'Invalid API key' },
  bad_jwt: { status: 403, message: '{reason}' },
  not_admin: { status: 403, message: 'User not allowed' },
  app_metadata_reserved: { status: 403, message: 'Updating app_metadata requires admin privileges' },
  session_of_token_gone: { status: 403, message: 'Session from session_id claim in JWT does not exist' },
  user_of_token_gone: { status: 403, message: 'User from sub claim in JWT does not exist' },
  user_not_found: { status: 404, message: 'User not found' },
  user_id_malformed: { status: 404, message: 'user_id must be an UUID' },
  feature_disabled: { status: 404, message: '{method} {path} is not offered by this server' },
  path_unknown: { status: 404, message: 'Nothing is served at {method} {path}' },
  body_too_large: { status: 413, message: 'The request body is larger than 1 MB' },
  media_type_unsupported: { status: 415, message: 'The request body must be JSON with Content-Type application/json' },
  user_already_exists: { status: 422, message: 'User already registered' },
  email_exists: { status: 422, message: 'A user with this email address has already been registered' },
  phone_exists: { status: 422, message: 'A user with this phone number has already been registered' },
  id_exists: { status: 422, message: 'A user with this id has already been registered' },
  signup_disabled: { status: 422, message: 'Signups not allowed for this instance' },
  anonymous_provider_disabled: { status: 422, message: 'Anonymous sign-ins are disabled' },
  same_password: { status: 422, message: 'New password should be different from the old password.' },
  weak_password: { status: 422, message: 'Password should be at least {min} characters.' },
  over_request_rate_limit: { status: 429, message: 'Request rate limit reached' },
  unexpected_failure: { status: 500, message: 'Unexpected failure, please check server logs for more information' },
  database_refused: { status: 500, message: 'Database error {doing}' },
  unavailable: { status: 503, message: '{reason}' },
  request_timeout: { status: 504, message: 'Request timed out, please try again after some time' },
})

/** GoTrue's code where ours differs. */
export const wireCodes: Readonly<Record<string, string>> = {
  unsupported_grant_type: 'invalid_credentials',
  api_key_refused: 'no_authorization',
  app_metadata_reserved: 'not_admin',
  session_of_token_gone: 'session_not_found',
  user_of_token_gone: 'user_not_found',
  user_id_malformed: 'validation_failed',
  path_unknown: 'feature_disabled',
  body_too_large: 'validation_failed',
  media_type_unsupported: 'validation_failed',
  id_exists: 'user_already_exists',
  database_refused: 'unexpected_failure',
  unavailable: 'unexpected_failure',
}

/** A request body or parameter that is wrong: 400 with the reason. */
export function invalidInput(reason: string) {
  return authErrors.validation_failed({ params: { reason } })
}

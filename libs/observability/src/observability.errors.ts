import { defineErrors } from '#libs/kernel'

/** Refusals of the observability endpoints. */
export const observabilityErrors = defineErrors('observability', {
  metrics_forbidden: { status: 403, message: 'Metrics are served to this machine itself, or with the secret key in the apikey header.' },
})

import { defineErrors } from '#libs/kernel'

/** Refusals of the settings. `extra.faults` of `settings_invalid` lists `{ path, reason }`. */
export const settingsErrors = defineErrors('settings', {
  area_unknown: { status: 404, message: 'There is no settings area {area}. The areas are: {areas}.' },
  settings_invalid: { status: 400, message: 'The settings of {area} were not changed: {faults}' },
  seed_invalid: { status: 500, message: 'PLINTH_SETTINGS_{area} cannot be used: {faults}' },
})

export { AppError, defineErrors, listErrors, type ErrorDefinition, type ErrorInput, type ErrorRegistry } from './errors.ts'
export {
  booleanText,
  ConfigError,
  defineConfig,
  integerText,
  listText,
  readConfig,
  urlText,
  type ConfigFault,
  type ConfigSlice,
} from './config.ts'
export { createLogger, type Logger, type LoggerOptions } from './logger.ts'
export { randomToken, secretsEqual, uuidv7 } from './ids.ts'
export { DataDirectory } from './data-directory.ts'
export { systemClock, type Clock } from './clock.ts'
export { CLOCK, LOGGER } from './tokens.ts'
export { WorkLine } from './work-line.ts'

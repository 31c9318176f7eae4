// Logging: JSON lines when not at a terminal, readable lines at one. Secrets are removed by name, wherever they stand.
import { destination, pino, type Logger as PinoLogger } from 'pino'

/** The platform's logger (pino). Children carry `requestId`. */
export type Logger = PinoLogger

const secretFields = [
  'authorization',
  'apikey',
  'cookie',
  'password',
  'token',
  'access_token',
  'refresh_token',
  'secret',
  'secretKey',
  'serviceKey',
  'jwtSecret',
  'set-cookie',
]

/** Options of {@link createLogger}: `pretty` is for terminals; `destination` is for tests. */
export interface LoggerOptions {
  readonly level: string
  readonly pretty: boolean
  readonly destination?: NodeJS.WritableStream
}

/** Makes the process's logger. Fields named like secrets are written as `[redacted]`, up to three levels deep. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: null,
    redact: {
      paths: secretFields.flatMap((name) => ['', '*.', '*.*.'].map((prefix) => `${prefix}["${name}"]`.replace('.[', '['))),
      censor: '[redacted]',
    },
  }
  if (options.destination !== undefined) return pino(settings, options.destination)
  // Standard error: standard output belongs to the start block and to commands whose output is read by programs.
  if (!options.pretty) return pino(settings, destination(2))
  return pino({
    ...settings,
    transport: { target: 'pino-pretty', options: { destination: 2, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' } },
  })
}

import { z } from 'zod'
import { defineConfig, integerText, urlText } from '#libs/kernel'

/** Where the server listens and what it calls itself. */
export const serverConfig = defineConfig(
  'Server',
  z.object({
    PLINTH_HOST: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on. Another one than loopback opens the server to the network.'),
    PLINTH_PORT: integerText(0, 65_535).default(8000).describe('Port to listen on; 0 takes a free one.'),
    PLINTH_PUBLIC_URL: urlText(['http:', 'https:'])
      .optional()
      .describe('The URL that clients use; put into links and redirects. Default: http://HOST:PORT.'),
    PLINTH_DATA_DIR: z.string().default('.plinth').describe('Folder for the embedded database, objects, secrets (0600) and logs.'),
    PLINTH_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be trace, debug, info, warn, error, fatal or silent')
      .default('info')
      .describe('What is logged: trace, debug, info, warn, error, fatal or silent. Lines are JSON when not written to a terminal.'),
  }),
)

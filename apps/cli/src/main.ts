import { runProgram } from './program.ts'
import { processTerminal } from './terminal.ts'

// `plinth sql … | head`: the reader has seen enough, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await runProgram(process.argv.slice(2), processTerminal())

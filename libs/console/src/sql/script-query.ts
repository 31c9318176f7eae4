// One script on one connection, close to the wire: node-postgres' own query keeps every row of every statement, which
// a console cannot afford. This one keeps the rows of the newest result only, up to a cap, and counts the others.
import type { Connection, Submittable } from 'pg'

/** A column as Postgres describes it. */
export interface WireColumn {
  readonly name: string
  readonly typeOid: number
  readonly typeModifier: number
}

/** The result of the last statement that was not transaction control. */
export interface WireResult {
  readonly command: string
  readonly rowCount: number
  readonly columns: readonly WireColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly truncated: boolean
}

/** What is kept of a result; the rest is read and dropped. */
export interface KeepLimits {
  readonly rows: number
  readonly bytes: number
}

const transactionControl = new Set(['BEGIN', 'START TRANSACTION', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'])
const oidOfJson = new Set([114, 3802])

/** The messages of a connection that node-postgres' types leave out. */
interface Wire {
  once(event: 'parameterDescription', listener: (message: { dataTypeIDs: number[] }) => void): void
  removeAllListeners(event: 'parameterDescription'): void
  parse(message: { text: string; name: string; types: number[] }): void
  bind(message: { portal: string; statement: string; values: (string | null)[]; binary: boolean }): void
  describe(message: { type: 'S' | 'P'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  flush(): void
  sync(): void
  query(text: string): void
  sendCopyFail(message: string): void
}

/** Sent to a `client.query(…)`; {@link ScriptQuery.done} settles when the connection is ready again or has failed. */
export class ScriptQuery implements Submittable {
  /** Command tags of all statements, transaction control too. */
  readonly tags = new Set<string>()
  readonly done: Promise<WireResult>
  private settle!: { resolve(result: WireResult): void; reject(error: unknown): void }
  private last: WireResult = { command: '', rowCount: 0, columns: [], rows: [], truncated: false }
  private columns: WireColumn[] = []
  private rows: (string | null)[][] = []
  private bytes = 0
  private truncated = false
  private synced = false

  constructor(
    private readonly text: string,
    private readonly values: readonly unknown[] | undefined,
    private readonly keep: KeepLimits,
  ) {
    this.done = new Promise((resolve, reject) => (this.settle = { resolve, reject }))
  }

  /** The simple protocol takes a whole script in one implicit transaction; parameters need the extended one. */
  submit(connection: Connection): void {
    const wire = connection as unknown as Wire
    if (this.values === undefined || this.values.length === 0) {
      this.synced = true
      wire.query(this.text)
      return
    }
    const values = this.values
    // Lists can be Postgres arrays or JSON; only the statement's own parameter types tell which.
    wire.once('parameterDescription', (message) => {
      wire.bind({
        portal: '',
        statement: '',
        values: values.map((value, i) => parameterText(value, message.dataTypeIDs[i])),
        binary: false,
      })
      wire.describe({ type: 'P', name: '' })
      wire.execute({ portal: '', rows: 0 })
      wire.sync()
      this.synced = true
    })
    wire.parse({ text: this.text, name: '', types: [] })
    wire.describe({ type: 'S', name: '' })
    wire.flush()
  }

  handleRowDescription(message: { fields: { name: string; dataTypeID: number; dataTypeModifier: number }[] }): void {
    this.columns = message.fields.map((field) => ({ name: field.name, typeOid: field.dataTypeID, typeModifier: field.dataTypeModifier }))
    this.startResult()
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.truncated || this.rows.length >= this.keep.rows || this.bytes >= this.keep.bytes) {
      this.truncated = true
      return
    }
    for (const field of message.fields) this.bytes += field === null ? 4 : field.length
    this.rows.push(message.fields)
  }

  handleCommandComplete(message: { text: string }): void {
    // "INSERT 0 5", "SELECT 3", "CREATE TABLE": the command, then possibly an OID, then possibly the number of rows.
    const [, tag = '', count = '0'] = /^(\D*?)(?: \d+)??(?: (\d+))?$/.exec(message.text) ?? []
    this.tags.add(tag)
    if (!transactionControl.has(tag)) {
      const { columns, rows, truncated } = this
      this.last = { command: tag, rowCount: Number(count), columns, rows, truncated }
    }
    this.columns = []
    this.startResult()
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('COPY … FROM STDIN has no data here')
  }
  handleCopyData(): void {}

  handleError(error: unknown, wire: Wire): void {
    if (!this.synced) {
      wire.removeAllListeners('parameterDescription')
      wire.sync()
    }
    this.settle.reject(error)
  }

  handleReadyForQuery(): void {
    this.settle.resolve(this.last)
  }

  private startResult(): void {
    this.rows = []
    this.bytes = 0
    this.truncated = false
  }
}

/** A JSON value as the text of a parameter of the given type. */
function parameterText(value: unknown, typeOid: number | undefined): string | null {
  if (value === null || value === undefined) return null
  if (oidOfJson.has(typeOid ?? 0)) return typeof value === 'string' && isJson(value) ? value : JSON.stringify(value)
  if (Array.isArray(value)) return arrayText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function arrayText(items: readonly unknown[]): string {
  const parts = items.map((item) => {
    if (item === null || item === undefined) return 'NULL'
    if (Array.isArray(item)) return arrayText(item)
    const text = typeof item === 'object' ? JSON.stringify(item) : String(item)
    return `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${parts.join(',')}}`
}

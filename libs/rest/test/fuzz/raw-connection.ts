// HTTP/1.1 by hand over one kept connection: a well-behaved client would refuse to send what this suite sends.
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  readonly elapsedMs: number
}

/** One connection; opens itself again after the server closed it. */
export class RawConnection {
  private socket: Socket | undefined
  private received = Buffer.alloc(0)
  private wake: (() => void) | undefined
  private ended = false

  constructor(
    private readonly port: number,
    private readonly timeoutMs: number,
  ) {}

  /** The answer to these bytes; undefined when the connection was closed without one. @throws Error when nothing comes in time */
  async send(bytes: Buffer, hasNoBody: boolean): Promise<RawAnswer | undefined> {
    const startMs = performance.now()
    const socket = this.socket ?? this.open()
    socket.write(bytes)
    for (;;) {
      const answer = parseAnswer(this.received, hasNoBody, this.ended, performance.now() - startMs)
      if (answer !== undefined) {
        this.received = this.received.subarray(answer.length)
        if (answer.headers.get('connection') === 'close') this.close()
        return answer
      }
      if (this.ended) {
        this.close()
        return undefined
      }
      if (performance.now() - startMs > this.timeoutMs) {
        this.close()
        throw new Error(`no answer within ${this.timeoutMs} ms`)
      }
      await this.more()
    }
  }

  close(): void {
    this.socket?.destroy()
    this.socket = undefined
    this.received = Buffer.alloc(0)
    this.ended = false
  }

  private open(): Socket {
    const socket = connect(this.port, '127.0.0.1')
    const isCurrent = () => this.socket === socket
    socket.on('data', (data: Buffer) => {
      if (isCurrent()) this.received = Buffer.concat([this.received, data])
      this.wake?.()
    })
    for (const event of ['close', 'end', 'error']) {
      socket.on(event, () => {
        if (isCurrent()) this.ended = true
        this.wake?.()
      })
    }
    this.socket = socket
    return socket
  }

  private async more(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.wake = resolve
      timer = setTimeout(resolve, 250)
    })
    clearTimeout(timer)
    this.wake = undefined
  }
}

function parseAnswer(bytes: Buffer, hasNoBody: boolean, ended: boolean, elapsedMs: number): (RawAnswer & { length: number }) | undefined {
  const mark = bytes.indexOf('\r\n\r\n')
  if (mark === -1) return undefined
  const [first, ...lines] = bytes.subarray(0, mark).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first!)?.[1] ?? Number.NaN)
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  const start = mark + 4
  if (status === 100) {
    const next = parseAnswer(bytes.subarray(start), hasNoBody, ended, elapsedMs)
    return next && { ...next, length: next.length + start }
  }
  if (hasNoBody || status === 204 || status === 304) return { status, headers, body: '', elapsedMs, length: start }
  const size = headers.get('content-length')
  if (size !== undefined) {
    const end = start + Number(size)
    if (bytes.length < end) return undefined
    return { status, headers, body: bytes.subarray(start, end).toString(), elapsedMs, length: end }
  }
  if (headers.get('transfer-encoding') !== 'chunked')
    return ended ? { status, headers, body: bytes.subarray(start).toString(), elapsedMs, length: bytes.length } : undefined
  const last = bytes.indexOf('0\r\n\r\n', start)
  return last === -1 ? undefined : { status, headers, body: bytes.subarray(start, last).toString(), elapsedMs, length: last + 5 }
}

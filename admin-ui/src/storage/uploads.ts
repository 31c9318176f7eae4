// Uploads with progress. XMLHttpRequest, because fetch cannot tell how much of a body was sent.
import { useSyncExternalStore } from 'react'
import { serviceToken } from '../api/session.ts'

export interface Upload {
  readonly id: number
  readonly bucket: string
  readonly path: string
  readonly size: number
  readonly sent: number
  readonly state: 'waiting' | 'sending' | 'done' | 'failed'
  readonly reason?: string
}

const atOnce = 3
let uploads: readonly Upload[] = []
let lastId = 0
const queue: { id: number; file: File; onDone: () => void }[] = []
const running = new Map<number, XMLHttpRequest>()
const listeners = new Set<() => void>()

/** All uploads of this page, newest last. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => uploads,
  )
}

/** Queues files; at most three go at once. An existing file of the same name is replaced. */
export function startUploads(bucket: string, files: readonly { file: File; path: string }[], onDone: () => void): void {
  for (const { file, path } of files) {
    lastId += 1
    uploads = [...uploads, { id: lastId, bucket, path, size: file.size, sent: 0, state: 'waiting' }]
    queue.push({ id: lastId, file, onDone })
  }
  tell()
  pump()
}

export function cancelUpload(id: number): void {
  running.get(id)?.abort()
  const at = queue.findIndex((one) => one.id === id)
  if (at >= 0) queue.splice(at, 1)
  set(id, { state: 'failed', reason: 'Stopped' })
}

/** Takes finished and failed uploads out of the tray. */
export function clearUploads(): void {
  uploads = uploads.filter((upload) => upload.state === 'sending' || upload.state === 'waiting')
  tell()
}

function pump(): void {
  while (running.size < atOnce) {
    const next = queue.shift()
    if (next === undefined) return
    void send(next.id, next.file, next.onDone)
  }
}

async function send(id: number, file: File, onDone: () => void): Promise<void> {
  const upload = uploads.find((one) => one.id === id)
  if (upload === undefined) return
  const request = new XMLHttpRequest()
  running.set(id, request)
  set(id, { state: 'sending' })
  const end = (change: Partial<Upload>): void => {
    running.delete(id)
    set(id, change)
    if (change.state === 'done') onDone()
    pump()
  }
  try {
    const token = await serviceToken()
    const path = upload.path.split('/').map(encodeURIComponent).join('/')
    request.open('POST', `/storage/v1/object/${encodeURIComponent(upload.bucket)}/${path}`)
    request.setRequestHeader('authorization', `Bearer ${token}`)
    request.setRequestHeader('x-upsert', 'true')
    request.setRequestHeader('content-type', file.type === '' ? 'application/octet-stream' : file.type)
    request.upload.onprogress = (event) => set(id, { sent: event.loaded })
    request.onload = () => end(request.status < 400 ? { state: 'done', sent: file.size } : { state: 'failed', reason: reasonOf(request) })
    request.onerror = () => end({ state: 'failed', reason: 'The server could not be reached' })
    request.onabort = () => end({ state: 'failed', reason: 'Stopped' })
    request.send(file)
  } catch (error) {
    end({ state: 'failed', reason: error instanceof Error ? error.message : String(error) })
  }
}

function reasonOf(request: XMLHttpRequest): string {
  try {
    const body = JSON.parse(request.responseText) as { message?: string; error?: string }
    return body.message ?? body.error ?? `The server answered ${request.status}`
  } catch {
    return `The server answered ${request.status}`
  }
}

function set(id: number, change: Partial<Upload>): void {
  uploads = uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload))
  tell()
}

function tell(): void {
  for (const listener of listeners) listener()
}

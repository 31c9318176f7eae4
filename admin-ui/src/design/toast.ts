// Short messages above the middle. Failures stay until dismissed.
import type { NotificationData } from '@mantine/notifications'
import { toApiError } from '../api/api-error.ts'
import { wantToasts } from './toasts-wanted.ts'

export function toastDone(message: string): void {
  show({ message, autoClose: 3500 })
}

export function toastFailed(title: string, error: unknown): void {
  const failure = toApiError(error)
  const request = failure.requestId === undefined ? '' : ` (request ${failure.requestId})`
  show({ title, message: `${failure.message}${request}`, color: 'red', autoClose: false, role: 'alert' })
}

// Loaded with the first message, so that it weighs nothing before.
function show(data: NotificationData): void {
  wantToasts()
  void import('@mantine/notifications').then(({ notifications }) => notifications.show(data))
}

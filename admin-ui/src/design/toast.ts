// Short messages in the corner. Failures stay until dismissed; an undo offer stays for eight seconds.
import { notifications } from '@mantine/notifications'
import { toApiError } from '../api/api-error.ts'

export function toastDone(message: string): void {
  notifications.show({ message, autoClose: 3500 })
}

export function toastFailed(title: string, error: unknown): void {
  const failure = toApiError(error)
  const request = failure.requestId === undefined ? '' : ` (request ${failure.requestId})`
  notifications.show({ title, message: `${failure.message}${request}`, color: 'red', autoClose: false, role: 'alert' })
}

/** A secret as it may be shown: enough to recognise it, not to use it. Passwords inside URLs are hidden too. */
export function hideSecret(value: string): string {
  if (/^\w+:\/\//.test(value)) return value.replace(/\/\/([^:@/]*):[^@]*@/, '//$1:••••••@')
  const prefix = /^sb_(secret|publishable)_/.exec(value)?.[0] ?? ''
  return `${prefix}••••••${value.slice(-4)}`
}

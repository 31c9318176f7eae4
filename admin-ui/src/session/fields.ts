// What the two fields of set-up and sign-in accept.

export const passwordLengthMin = 10

export function emailFault(value: string): string | null {
  return /^[^\s@]+@[^\s@]+$/.test(value) ? null : 'Enter an e-mail address'
}

export function newPasswordFault(value: string): string | null {
  return value.length >= passwordLengthMin ? null : `Use at least ${passwordLengthMin} characters`
}

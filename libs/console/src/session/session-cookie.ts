const cookieName = 'plinth_console'

/** The console token in a Cookie header. */
export function readSessionCookie(header: string | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, value] = part.split('=', 2)
    if (name?.trim() === cookieName && value !== undefined && value.trim() !== '') return value.trim()
  }
  return undefined
}

/** Set-Cookie that keeps a token; out of reach of scripts and never sent along from other sites. */
export function sessionCookie(token: string, expiresAt: Date, secure: boolean): string {
  return `${cookieName}=${token}; ${attributes(secure)}; Expires=${expiresAt.toUTCString()}`
}

/** Set-Cookie that removes it. */
export function clearedSessionCookie(secure: boolean): string {
  return `${cookieName}=; ${attributes(secure)}; Max-Age=0`
}

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
}

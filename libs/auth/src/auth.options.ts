/** Options of AuthModule. */
export interface AuthModuleOptions {
  /** The platform's version, shown at /auth/v1/health. */
  readonly version: string
}

/** Token of {@link AuthModuleOptions}. */
export const AUTH_OPTIONS = Symbol('AuthModuleOptions')

// argon2id with a bound on how many run at once: each takes 19 MiB and a thread of Node's pool, so a burst of sign-ins
// must wait in line, not in memory.
import { hash, verify } from '@node-rs/argon2'
import { WorkLine } from '#libs/kernel'
import { identityErrors } from '../identity.errors.ts'

// `Algorithm.Argon2id`: the package's const enum cannot be imported under isolatedModules.
const argon2id = 2

/** OWASP's parameters for argon2id: 19 MiB, 2 passes, 1 lane. */
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Bounds of a {@link PasswordHasher}. */
export interface PasswordHasherLimits {
  /** How many run at once. */
  readonly concurrencyMax: number
  /** How many may wait; more are refused with `password_service_busy`. */
  readonly waitingMax: number
}

/** Hashes and verifies passwords. One per process. */
export class PasswordHasher {
  private readonly line: WorkLine
  private dummyHash: Promise<string> | undefined
  /** How many operations ran so far: a refused sign-in must cost one, whether the account exists or not. */
  readonly operations = { hashed: 0, verified: 0 }

  constructor({ concurrencyMax, waitingMax }: PasswordHasherLimits = { concurrencyMax: 2, waitingMax: 200 }) {
    this.line = new WorkLine(concurrencyMax, waitingMax)
  }

  /** A password's hash in PHC format. */
  hashPassword(password: string): Promise<string> {
    return this.inLine(() => {
      this.operations.hashed++
      return hash(password, parameters)
    })
  }

  /**
   * True when the password has this hash. Without a hash (unknown account, account without a password) the same work is
   * done on a dummy and the answer is false, so the time does not tell the two apart.
   */
  async verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
    const isReal = passwordHash?.startsWith('$argon2') === true
    const against = isReal ? passwordHash : await this.dummy()
    const matches = await this.inLine(() => {
      this.operations.verified++
      return verify(against, password)
    })
    return matches && isReal
  }

  /** The dummy is made ahead of need: made on demand, the first unknown account would take twice the time. */
  async onModuleInit(): Promise<void> {
    await this.dummy()
  }

  private dummy(): Promise<string> {
    this.dummyHash ??= hash('no account has this password', parameters)
    return this.dummyHash
  }

  private async inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.line.isFull) throw identityErrors.password_service_busy()
    return this.line.run(work)
  }
}

/** The process's hasher: the bound on memory holds only when all share it. */
export const passwordHasher = new PasswordHasher()

/** A password's argon2id hash in PHC format, in line with all others of this process. */
export function hashPassword(password: string): Promise<string> {
  return passwordHasher.hashPassword(password)
}

/** True when the password has this hash; without a hash the same work is done and the answer is false. */
export function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  return passwordHasher.verifyPassword(passwordHash, password)
}

// The keys that an owner may see, gathered from the parts that hold them once the application is made.
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { ConsoleKeys } from '#libs/console'
import { ApiKeys, PROJECT_KEYS, type ProjectKeys } from '#libs/identity'

/** Given to the console before the application exists; answers once {@link Keyring.attach} was called. */
export class Keyring {
  private application: NestFastifyApplication | undefined

  constructor(private readonly fixed: Pick<ConsoleKeys, 'databaseUrl' | 's3AccessKey' | 's3SecretKey'>) {}

  /** Connects the keyring to the parts of the application. */
  attach(application: NestFastifyApplication): void {
    this.application = application
  }

  /** The keys of this moment: rotated ones show at once. */
  readonly current = (): ConsoleKeys => {
    if (this.application === undefined) throw new Error('the keyring was asked before the application was made')
    const { anonKey, serviceKey, jwtSecret } = this.application.get<ProjectKeys>(PROJECT_KEYS)
    return { anonKey, serviceKey, jwtSecret, ...this.application.get(ApiKeys).defaultKeys(), ...this.fixed }
  }
}

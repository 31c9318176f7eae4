import { Inject, Injectable } from '@nestjs/common'
import { hashPassword } from '#libs/identity'
import { uuidv7 } from '#libs/kernel'
import { PlatformDatabase } from '#libs/postgres'

/** Somebody who may use the console. */
export interface Owner {
  readonly id: string
  readonly email: string
  readonly passwordHash: string
}

/** The rows of plinth.owners. */
@Injectable()
export class Owners {
  constructor(@Inject(PlatformDatabase) private readonly database: PlatformDatabase) {}

  async exist(): Promise<boolean> {
    const [row] = await this.database.query<{ exist: boolean }>('select exists (select from plinth.owners) as exist')
    return row!.exist
  }

  async findByEmail(email: string): Promise<Owner | undefined> {
    const [row] = await this.database.query<{ id: string; email: string; password_hash: string }>(
      'select id, email, password_hash from plinth.owners where email = $1',
      [email.toLowerCase()],
    )
    return row === undefined ? undefined : { id: row.id, email: row.email, passwordHash: row.password_hash }
  }

  /** Makes the first owner; undefined when there is one already, also when two ask at the same time. */
  async createFirst(email: string, password: string): Promise<{ id: string; email: string } | undefined> {
    const passwordHash = await hashPassword(password)
    const owner = { id: uuidv7(), email: email.toLowerCase() }
    return this.database.transaction(async (tx) => {
      await tx.query('lock table plinth.owners in share row exclusive mode')
      const rows = await tx.query(
        'insert into plinth.owners (id, email, password_hash) select $1::uuid, $2, $3 where not exists (select from plinth.owners) returning id',
        [owner.id, owner.email, passwordHash],
      )
      return rows.length === 0 ? undefined : owner
    })
  }
}

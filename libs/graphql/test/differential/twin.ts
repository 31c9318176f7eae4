// A second database with the same schema that differs from the first in rows that one caller does not see: other values,
// rows that are gone, rows more. What that caller is answered must be the same to the byte.
import type { Random } from '../../../query/test/property/random.ts'
import { quoteName, quoteText } from '../../../query/test/property/sql-text.ts'
import { createTestDatabase, type TestDatabase } from '#test/postgres'
import type { CatalogService } from '#libs/catalog'
import { columnTypes } from './column-types.ts'
import { keyText } from './facts.ts'
import { keyValue, markOf } from './make-world.ts'
import { type Caller, columnOf, type Operation, type Relation, type World } from './model.ts'
import { textOf } from './document-text.ts'
import { Refused, SqlSession } from './sql-session.ts'
import { ExecutorOverUndo, isRelay, type Outcome, principalOf } from './started-world.ts'

/** `values`: rows differ only in values that no key, reference or policy of a write looks at. */
export type Difference = 'values' | 'rows'

export class Twin implements AsyncDisposable {
  private constructor(
    private readonly database: TestDatabase,
    private readonly executor: ExecutorOverUndo,
    /** Who cannot tell it from the first. */
    readonly watcher: Caller,
    /** Statements that made it differ. */
    readonly changes: number,
  ) {}

  static async start(random: Random, world: World, watcher: Caller, kind: Difference, catalog: CatalogService): Promise<Twin> {
    const database = await createTestDatabase()
    await database.sql(world.ddl)
    const session = await SqlSession.open(database.urls.superuser)
    const changes = await hideDifferences(random, world, watcher, kind, session)
    await session.commit()
    return new Twin(database, new ExecutorOverUndo(database, catalog), watcher, changes)
  }

  run(operation: Operation): Promise<Outcome> {
    return this.executor.run(textOf(operation), principalOf(operation.caller), isRelay(operation))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.dispose()
  }
}

/** Tries changes, and keeps those that the watcher does not see. */
async function hideDifferences(random: Random, world: World, watcher: Caller, kind: Difference, session: SqlSession): Promise<number> {
  const seen = await everythingSeen(session, world, watcher)
  let kept = 0
  for (const relation of world.relations) {
    if (relation.kind !== 'table') continue
    for (const statement of await changesOf(random, relation, kind, session)) {
      const isHidden = await session.tried(statement, async () => (await everythingSeen(session, world, watcher)) === seen)
      if (isHidden) kept += 1
    }
  }
  return kept
}

/** All that plain selects under the caller's role give. */
async function everythingSeen(session: SqlSession, world: World, watcher: Caller): Promise<string> {
  const texts: string[] = []
  for (const relation of world.relations) {
    const columns = [...relation.rights[watcher.role].select].map(quoteName)
    if (columns.length === 0) continue
    try {
      const rows = await session.rowsAs(
        watcher,
        `select jsonb_build_array(${columns.join(', ')})::text as t from ${quoteName(relation.name)} order by t`,
      )
      texts.push(`${relation.name} ${rows.flat().join('\n')}`)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      texts.push(`${relation.name} ${error.sqlstate}`)
    }
  }
  return texts.join('\n')
}

async function changesOf(random: Random, relation: Relation, kind: Difference, session: SqlSession): Promise<string[]> {
  const name = quoteName(relation.name)
  const keys = (await session.rows(`select ${keyText(relation)} from ${name}`)).map(([key]) => key!)
  if (keys.length === 0) return []
  const plain = relation.columns.filter((column) => column.use === 'plain' && !['owner', 'org'].includes(column.name))
  const changed = random.some(keys, 8).flatMap((key) => {
    if (kind === 'rows' && random.chance(30)) return [`delete from ${name} where ${keyText(relation)} = ${quoteText(key)}`]
    if (plain.length === 0) return []
    const set = random
      .some(plain, 3)
      .map((column) => `${quoteName(column.name)} = ${quoteText(random.pick(columnTypes[column.type].values))}`)
    return [`update ${name} set ${set.join(', ')} where ${keyText(relation)} = ${quoteText(key)}`]
  })
  return kind === 'values' ? changed : [...changed, ...Array.from({ length: 3 }, () => copyOf(random, relation))]
}

/** A row like another one, with a key and a mark of its own. */
function copyOf(random: Random, relation: Relation): string {
  const columns = relation.columns.filter(({ use }) => use !== 'generated')
  const row = random.between(100_000, 900_000)
  const values = columns.map((column) => {
    if (column.use === 'mark') return quoteText(markOf(random.between(20_000_000, 29_999_999)))
    if (column.use === 'key') return quoteText(keyValue(columnOf(relation, column.name).type, row))
    return quoteName(column.name)
  })
  const name = quoteName(relation.name)
  return `insert into ${name} (${columns.map((column) => quoteName(column.name)).join(', ')}) select ${values.join(', ')} from ${name} order by random() limit 1`
}

// Names in comments that the schema cannot give, because it makes them itself; what else is wrong libs/catalog says.
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { type Catalog, CatalogService, readDirective } from '#libs/catalog'
import { type Logger, LOGGER } from '#libs/kernel'
import { namesOf } from './catalog-names.ts'
import { functionNames } from './functions.ts'
import { isGenerated, nameSources, scalarNames } from './names.ts'

/** What is wrong with the names of a catalog's comments, one sentence each. */
export function nameWarnings(catalog: Catalog): string[] {
  return [...tableWarnings(catalog), ...functionWarnings(catalog)]
}

function tableWarnings(catalog: Catalog): string[] {
  const wanted = [...catalog.relations.values()].flatMap((relation) => {
    const { name } = readDirective(relation.comment, 'relation').options
    return name === undefined || !catalog.schemas.includes(relation.schema) ? [] : [{ relation, name }]
  })
  // Without any there is nothing to work out.
  if (wanted.length === 0) return []
  const { byRelation } = namesOf(catalog)
  const [sources, scalars] = [nameSources(catalog), scalarNames(catalog)]
  return wanted.flatMap(({ relation, name }) => {
    if (byRelation.get(relation) === name || !(scalars.has(name) || isGenerated(name, sources))) return []
    return [sentence(`${relation.schema}.${relation.name}`, `the schema makes a type called "${name}" itself`)]
  })
}

function functionWarnings(catalog: Catalog): string[] {
  const wanted = [...catalog.functions.values()].flat().flatMap((fn) => {
    const { name } = readDirective(fn.comment, 'function').options
    return name === undefined ? [] : [{ fn, name }]
  })
  if (wanted.length === 0) return []
  const names = functionNames(catalog)
  return wanted.flatMap(({ fn, name }) =>
    names.get(fn) === name
      ? []
      : [sentence(`function ${fn.schema}.${fn.name}`, `another function, or a column of its row, is called "${name}"`)],
  )
}

function sentence(of: string, reason: string): string {
  return `In the comment on ${of}, the option "name" is ignored: ${reason}. Choose another with COMMENT ON.`
}

/** Logs them, once each. */
@Injectable()
export class NameWarnings implements OnModuleInit, OnModuleDestroy {
  private said: ReadonlySet<string> = new Set()
  private stop: (() => void) | undefined

  constructor(
    @Inject(CatalogService) private readonly catalog: CatalogService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** A catalog that could not be read yet is looked at when it is. */
  onModuleInit(): void {
    this.stop = this.catalog.onChange((catalog) => this.say(catalog))
    const first = this.loaded()
    if (first !== undefined) this.say(first)
  }

  onModuleDestroy(): void {
    this.stop?.()
  }

  private loaded(): Catalog | undefined {
    try {
      return this.catalog.current()
    } catch {
      return undefined
    }
  }

  private say(catalog: Catalog): void {
    const warnings = new Set(nameWarnings(catalog))
    for (const warning of warnings) if (!this.said.has(warning)) this.logger.warn(warning)
    this.said = warnings
  }
}

// Names in comments that the schema cannot give, because it makes them itself; what else is wrong libs/catalog says.
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { type Catalog, CatalogService, type DatabaseFunction, readDirective } from '#libs/catalog'
import { type Logger, LOGGER } from '#libs/kernel'
import { namesOf } from './catalog-names.ts'
import { functionNames, rowRelation, whyNoField, writtenFunctions } from './function-names.ts'
import { hasOwnRow, resultRowName, resultRows } from './result-rows.ts'
import { fieldName, isGenerated, nameSources, scalarNames } from './names.ts'

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
  const names = functionNames(catalog)
  const ignored = writtenFunctions(catalog).flatMap((fn) => {
    const { name } = readDirective(fn.comment, 'function').options
    if (name === undefined || names.get(fn) === name || whyNoField(catalog, fn) !== undefined) return []
    return [sentence(`function ${fn.schema}.${fn.name}`, `another function, or a column of its row, is called "${name}"`)]
  })
  return [...ignored, ...leftOut(catalog)]
}

/** Functions that somebody may call, but not over GraphQL. */
function leftOut(catalog: Catalog): string[] {
  return writtenFunctions(catalog).flatMap((fn) => {
    const reason = whyNoField(catalog, fn) ?? whyNoName(catalog, fn)
    if (reason === undefined || ![...catalog.roles].some((role) => fn.isExecutableBy(role))) return []
    return [`The ${signatureOf(fn)} is no field of GraphQL: ${reason}.`]
  })
}

function whyNoName(catalog: Catalog, fn: DatabaseFunction): string | undefined {
  const name = functionNames(catalog).get(fn)
  if (name === undefined) return 'its name cannot stand in a schema, or other functions have it; give it one with @graphql({"name": …})'
  if (hasOwnRow(fn) && !resultRows(catalog).has(fn))
    return `the type of its rows would be "${resultRowName(catalog, fn, name)}", which something else is called, or it has no columns that can be shown`
  const relation = rowRelation(catalog, fn)
  return relation?.columns.some((column) => fieldName(column) === name) === true ? `its row has a column called "${name}"` : undefined
}

function signatureOf({ schema, name, arguments: given }: DatabaseFunction): string {
  return `function ${schema}.${name}(${given.map(({ type }) => type.formatted).join(', ')})`
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

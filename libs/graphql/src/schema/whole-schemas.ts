// Whole schemas, for what an owner may have meant. They are large, so only those asked for last are kept.
import type { GraphQLSchema } from 'graphql'
import type { RoleModel } from '../model/role-model.ts'
import { buildSchema } from './build-schema.ts'

/** Types of all schemas that are kept; the newest one is kept whatever its size. */
const TYPES_MAX = 20_000

/** Schemas by role model. */
export class WholeSchemas {
  private readonly schemas = new Map<RoleModel, GraphQLSchema>()

  /** The schema of a model, after `finish`. */
  of(model: RoleModel, finish: (schema: GraphQLSchema) => GraphQLSchema): GraphQLSchema {
    let schema = this.schemas.get(model)
    if (schema === undefined) schema = finish(buildSchema(model))
    else this.schemas.delete(model)
    this.schemas.set(model, schema)
    let types = 0
    for (const [other, kept] of [...this.schemas].reverse()) {
      types += Object.keys(kept.getTypeMap()).length
      if (types > TYPES_MAX && other !== model) this.schemas.delete(other)
    }
    return schema
  }
}

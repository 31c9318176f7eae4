// Functions as fields: at the root, and computed fields over a row (contract graphql.md section 7).
import {
  type GraphQLFieldConfig,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
} from 'graphql'
import { descriptionOf } from '#libs/catalog'
import type { FunctionModel, TableModel } from '../model/role-model.ts'
import type { FieldSource, SchemaTypes } from './schema-types.ts'
import type { TableTypes } from './table-types.ts'

/** Makes the fields of functions. */
export class FunctionTypes {
  constructor(
    private readonly types: SchemaTypes,
    private readonly tables: TableTypes,
  ) {}

  /** `fn` at the root: rows, one row, a scalar or a list of scalars. */
  root(model: FunctionModel): GraphQLFieldConfig<unknown, unknown> {
    return {
      type: this.result(model, true),
      args: { ...this.arguments(model, `${model.name}_args`, model.name), ...this.listArguments(model) },
      description:
        descriptionOf(model.function.comment) ??
        `execute function "${model.name}"${model.target === null ? '' : ` which returns "${model.target.name}"`}`,
    }
  }

  /** `fn_aggregate` at the root. */
  aggregate(model: FunctionModel, table: TableModel): GraphQLFieldConfig<unknown, unknown> {
    return {
      type: new GraphQLNonNull(this.tables.aggregate(table)),
      args: { ...this.arguments(model, `${model.name}_args`, model.name), ...this.tables.listArguments(table) },
      description: `execute function "${model.name}" and query aggregates on result of table type "${table.name}"`,
    }
  }

  /** A field of `T` that a function computes from the row. */
  computed(table: TableModel, model: FunctionModel): GraphQLFieldConfig<unknown, unknown> {
    const isJson = ['json', 'jsonb'].includes(model.function.returnType.name) && model.target === null && !model.isSet
    const path: GraphQLFieldConfigArgumentMap = isJson
      ? this.types.arguments({ path: () => ({ type: this.types.scalar('String'), description: 'JSON select path' }) })
      : {}
    return {
      type: this.result(model, false),
      args: { ...this.arguments(model, `${model.name}_${table.name}_args`, model.name), ...path, ...this.listArguments(model) },
      description: descriptionOf(model.function.comment) ?? `A computed field, executes function "${model.function.name}"`,
    }
  }

  private result({ target, isSet, function: fn }: FunctionModel, isRoot: boolean): GraphQLOutputType {
    if (target !== null) {
      const row = this.tables.row(target)
      if (!isSet) return row
      const list = new GraphQLList(new GraphQLNonNull(row))
      return isRoot ? new GraphQLNonNull(list) : list
    }
    const value = this.types.value(fn.returnType)
    return isSet ? new GraphQLList(value) : value
  }

  private listArguments({ target, isSet }: FunctionModel): GraphQLFieldConfigArgumentMap {
    return target !== null && isSet ? this.tables.listArguments(target) : {}
  }

  /** `args`: required when an argument has no default. */
  private arguments(model: FunctionModel, name: string, of: string): GraphQLFieldConfigArgumentMap {
    if (model.arguments.size === 0) return {}
    const type = this.types.named(name, () => new GraphQLInputObjectType({ name, fields: () => this.types.fields(this.inputs(model)) }))
    const isRequired = [...model.arguments.values()].some((argument) => !argument.hasDefault)
    const description = `input parameters for ${model.row === undefined ? 'function' : 'computed field'} "${of}"`
    return this.types.arguments({ args: isRequired ? { type: new GraphQLNonNull(type), description } : () => ({ type, description }) })
  }

  private inputs(model: FunctionModel): Record<string, FieldSource<GraphQLInputFieldConfig>> {
    return Object.fromEntries([...model.arguments].map(([name, argument]) => [name, () => ({ type: this.types.value(argument.type) })]))
  }
}

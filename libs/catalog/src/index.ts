export { CatalogModule } from './catalog.module.ts'
export { CATALOG_OPTIONS, CatalogService, type CatalogListener, type CatalogOptions } from './catalog.service.ts'
export { catalogConfig } from './catalog.config.ts'
export { catalogErrors } from './catalog.errors.ts'
export type {
  Catalog,
  Column,
  ComputedColumn,
  ComputedRelationship,
  DatabaseFunction,
  DataType,
  ForeignKey,
  FunctionArgument,
  Key,
  MediaHandler,
  Relation,
  RelationKind,
  RelationPrivileges,
} from './model.ts'

export { CatalogModule } from './catalog.module.ts'
export { CATALOG_OPTIONS, CatalogService, type CatalogListener, type CatalogOptions } from './catalog.service.ts'
export { catalogConfig } from './catalog.config.ts'
export { catalogErrors } from './catalog.errors.ts'
export { descriptionOf, readDirective, type CommentDirective, type DirectiveOptions } from './comment-directive.ts'
export { directiveWarnings, warningsOfFunction, warningsOfRelation } from './directive-warnings.ts'
export type {
  Catalog,
  Column,
  ComputedColumn,
  ComputedRelationship,
  DatabaseFunction,
  Attribute,
  DataType,
  DeclaredKeys,
  ForeignKey,
  FunctionArgument,
  Key,
  MediaHandler,
  NamedForeignKey,
  Relation,
  RelationKind,
  RelationPrivileges,
} from './model.ts'
export { PreRequestFunction } from './sessions/pre-request.ts'
export { RequestSessions } from './sessions/request-sessions.ts'
export type { HttpRequestFacts } from './sessions/request-settings.ts'
export { heldRenames, type Renamable } from './settled-names.ts'
export { searchPathOf } from './sessions/search-path.ts'
export { type Isolation, type Session, sessionOfFunction, type SessionSettings } from './sessions/role-session.ts'

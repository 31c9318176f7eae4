import type { DataType } from '#libs/catalog'

/** What a domain is of, through any number of domains; of any other type, itself. */
export function baseType(type: DataType): DataType {
  return type.kind === 'domain' && type.base !== undefined ? baseType(type.base) : type
}

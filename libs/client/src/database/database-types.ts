// The shape of a generated `Database` type (`plinth types`) and what is read out of it.

/** One foreign key, as `plinth types` writes it. */
export interface RelationshipType {
  foreignKeyName: string
  columns: string[]
  isOneToOne: boolean
  referencedRelation: string
  referencedColumns: string[]
}

/** A table of a generated type. Views may leave out `Insert` and `Update`. */
export interface RelationType {
  Row: Record<string, unknown>
  Insert?: Record<string, unknown>
  Update?: Record<string, unknown>
  Relationships: RelationshipType[]
}

/** One schema of a generated `Database` type. */
export interface SchemaType {
  Tables: Record<string, RelationType>
  Views: Record<string, RelationType>
  Functions: Record<string, { Args: unknown; Returns: unknown }>
  Enums?: Record<string, string>
}

/** `any`? Then nothing is known about the database and everything goes. */
export type IsAny<T> = 0 extends 1 & T ? true : false

/** Names of a schema's tables and views. */
export type RelationName<S> = IsAny<S> extends true ? string : S extends SchemaType ? keyof (S['Tables'] & S['Views']) & string : string

/** A table or view by name; `any` when it is not known. */
export type RelationOf<S, T> =
  IsAny<S> extends true
    ? any
    : S extends SchemaType
      ? T extends keyof S['Tables']
        ? S['Tables'][T]
        : T extends keyof S['Views']
          ? S['Views'][T]
          : any
      : any

/** Names of a schema's functions. */
export type FunctionName<S> = IsAny<S> extends true ? string : S extends SchemaType ? keyof S['Functions'] & string : string

/** A function by name; `any` when it is not known. */
export type FunctionOf<S, F> =
  IsAny<S> extends true
    ? { Args: any; Returns: any }
    : S extends SchemaType
      ? F extends keyof S['Functions']
        ? S['Functions'][F]
        : { Args: any; Returns: any }
      : { Args: any; Returns: any }

/** A schema by name. */
export type SchemaOf<DB, N> = IsAny<DB> extends true ? any : N extends keyof DB ? DB[N] : any

/** The part of a relation that a call takes or gives. */
export type PartOf<R, P extends 'Row' | 'Insert' | 'Update'> = IsAny<R> extends true ? any : R extends { [K in P]: infer V } ? V : never

// Types a `select` string: columns, aliases, casts, json paths, aggregates and embeds become the type of a row.
// What it cannot see (an unknown relation, a string that is not a literal) becomes `any`, never a wrong type.
import type { IsAny, RelationOf, RelationshipType, SchemaType } from './database-types.ts'

type Blank = ' ' | '\n' | '\t'
type Trim<S extends string> = S extends `${Blank}${infer R}` ? Trim<R> : S extends `${infer R}${Blank}` ? Trim<R> : S

/** Characters up to the next comma or parenthesis, and the rest. */
type Take<S extends string, Seen extends string = ''> = S extends `${infer C}${infer R}`
  ? C extends ',' | '(' | ')'
    ? [Seen, S]
    : Take<R, `${Seen}${C}`>
  : [Seen, '']

/** What was read: a column or an aggregate (`text`), or an embed with its own items. */
interface Leaf<Text extends string = string, Call extends boolean = boolean> {
  text: Text
  call: Call
}
interface Embed<Text extends string = string, Items = unknown> {
  text: Text
  items: Items
}

type ParseList<S extends string, Items extends unknown[] = []> =
  ParseItem<Trim<S>> extends [infer Item, infer Rest extends string]
    ? Trim<Rest> extends `,${infer More}`
      ? ParseList<More, [...Items, Item]>
      : [[...Items, Item], Trim<Rest>]
    : never

type ParseItem<S extends string> =
  Take<S> extends [infer Text extends string, infer Rest extends string]
    ? Rest extends `()${infer More}`
      ? Take<More> extends [infer Cast extends string, infer After extends string]
        ? [Leaf<`${Trim<Text>}${Trim<Cast>}`, true>, After]
        : never
      : Rest extends `(${infer Inner}`
        ? ParseList<Inner> extends [infer Items, `)${infer After}`]
          ? [Embed<Trim<Text>, Items>, After]
          : never
        : [Leaf<Trim<Text>, false>, Rest]
    : never

type WithoutCast<S extends string> = S extends `${infer Left}::${string}` ? Left : S
type LastStep<S extends string> = S extends `${string}->${infer R}` ? LastStep<R extends `>${infer Q}` ? Q : R> : S
type AliasOf<S extends string> = WithoutCast<S> extends `${infer A}:${string}` ? Trim<A> : null
type SourceOf<S extends string> = WithoutCast<S> extends `${string}:${infer C}` ? Trim<C> : WithoutCast<S>
type CastType<T extends string> = T extends
  | 'int'
  | 'int2'
  | 'int4'
  | 'int8'
  | 'integer'
  | 'bigint'
  | 'smallint'
  | 'float4'
  | 'float8'
  | 'numeric'
  ? number
  : T extends 'bool' | 'boolean'
    ? boolean
    : T extends 'json' | 'jsonb'
      ? unknown
      : string

type ColumnValue<Row, S extends string> = S extends `${string}::${infer T}`
  ? CastType<T> | null
  : S extends `${string}->>${string}`
    ? string | null
    : S extends `${string}->${string}`
      ? unknown
      : S extends keyof Row
        ? Row[S]
        : never

type LeafRow<Row, L> =
  L extends Leaf<infer Text, infer Call>
    ? Text extends '*'
      ? Row
      : Call extends true
        ? { [K in AggregateKey<Text>]: Text extends `${string}count` | 'count' ? number : any }
        : {
            [K in AliasOf<Text> extends string ? AliasOf<Text> : LastStep<SourceOf<Text>>]: ColumnValue<
              Row,
              Text extends `${string}::${infer T}` ? `x::${T}` : SourceOf<Text>
            >
          }
    : never
type AggregateKey<Text extends string> =
  AliasOf<Text> extends infer A extends string ? A : WithoutCast<Text> extends `${string}.${infer F}` ? F : WithoutCast<Text>

type WithoutHints<S extends string> = S extends `${infer N}!${string}` ? N : S
type HintOf<S extends string> = S extends `${string}!${infer H}` ? (H extends 'inner' | 'left' ? never : WithoutHints<H>) : never
type IsInner<S extends string> = S extends `${string}!inner${string}` ? true : false
type Spreadless<S extends string> = S extends `...${infer R}` ? R : S

type ForwardKey<R, Name> = R extends { Relationships: (infer K)[] }
  ? K extends RelationshipType
    ? Name extends K['referencedRelation'] | K['foreignKeyName'] | K['columns'][number]
      ? K
      : never
    : never
  : never
type BackwardKey<Target, SourceName> = Target extends { Relationships: (infer K)[] }
  ? K extends RelationshipType
    ? SourceName extends K['referencedRelation']
      ? K
      : never
    : never
  : never

type EmbedRow<S, Name, E> =
  E extends Embed<infer Text, infer Items>
    ? {
        [K in AliasOf<Spreadless<Text>> extends string ? AliasOf<Spreadless<Text>> : WithoutHints<SourceOf<Spreadless<Text>>>]: EmbedValue<
          S,
          Name,
          SourceOf<Spreadless<Text>>,
          Items
        >
      }
    : never
type EmbedValue<S, Name, Source extends string, Items> = [ForwardKey<RelationOf<S, Name>, WithoutHints<Source> | HintOf<Source>>] extends [
  never,
]
  ? RelationOf<S, WithoutHints<Source>> extends infer Target
    ? IsAny<Target> extends true
      ? any
      : [BackwardKey<Target, Name>] extends [never]
        ? EmbeddedRow<S, WithoutHints<Source>, Items>[]
        : BackwardKey<Target, Name>['isOneToOne'] extends true
          ? EmbeddedRow<S, WithoutHints<Source>, Items> | null
          : EmbeddedRow<S, WithoutHints<Source>, Items>[]
    : any
  : ForwardKey<RelationOf<S, Name>, WithoutHints<Source> | HintOf<Source>>['referencedRelation'] extends infer Target
    ? EmbeddedRow<S, Target, Items> | (IsInner<Source> extends true ? never : null)
    : any

type EmbeddedRow<S, Name, Items> = Flat<ItemsRow<S, Name, Items>>
type ItemRow<S, Name, Item> =
  Item extends Embed<infer Text> ? (Text extends `...${string}` ? any : EmbedRow<S, Name, Item>) : LeafRow<RelationOf<S, Name>['Row'], Item>
type ItemsRow<S, Name, Items> = Items extends [infer First, ...infer Rest] ? ItemRow<S, Name, First> & ItemsRow<S, Name, Rest> : unknown
type Flat<T> = IsAny<T> extends true ? any : T extends object ? { [K in keyof T]: T[K] } : T

/** The row that `select` gives for relation `Name` of schema `S`. */
export type SelectedRow<S, Name, Select extends string> =
  IsAny<RelationOf<S, Name>> extends true
    ? any
    : S extends SchemaType
      ? string extends Select
        ? any
        : Trim<Select> extends '*' | ''
          ? RelationOf<S, Name>['Row']
          : [ParseList<Select>] extends [never]
            ? any
            : ParseList<Select> extends [infer Items, '']
              ? Flat<ItemsRow<S, Name, Items>>
              : any
      : any

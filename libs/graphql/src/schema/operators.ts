// Which comparison operators a type has (contract graphql.md section 4), and what stands on their right side. The schema
// describes them from here; plan/filters/comparisons.ts holds the same names with what they do.
import { baseType } from '#libs/query'
import type { DataType } from '#libs/catalog'

/** Types that have the same operators. */
export type OperatorFamily = 'array' | 'text' | 'jsonb' | 'range' | 'ltree' | 'geometry' | 'geography' | 'raster' | 'plain'

/**
 * The right side: a value of the column's type, a list of such values, a scalar by name, a list of one, or an input type
 * of its own (ending in `_input` or `_exp`).
 */
export type RightSide = 'value' | 'values' | `scalar:${string}` | `scalars:${string}` | `input:${string}`

/** One operator of a comparison expression. */
export interface ComparisonOperator {
  readonly name: string
  readonly takes: RightSide
  readonly description?: string
}

const text = new Set(['text', 'varchar', 'bpchar', 'citext'])
const families: ReadonlySet<string> = new Set<OperatorFamily>(['jsonb', 'ltree', 'geometry', 'geography', 'raster'])

/** Which family a type belongs to; domains count as what they are over. */
export function operatorFamily(type: DataType): OperatorFamily {
  const plain = baseType(type)
  if (plain.kind === 'array') return 'array'
  if (plain.kind === 'range' || plain.kind === 'multirange') return 'range'
  if (plain.kind !== 'base') return 'plain'
  if (text.has(plain.name)) return 'text'
  return families.has(plain.name) ? (plain.name as OperatorFamily) : 'plain'
}

function operator(name: string, takes: RightSide, description?: string): ComparisonOperator {
  return description === undefined ? { name, takes } : { name, takes, description }
}

const equality = [operator('_eq', 'value'), operator('_neq', 'value'), operator('_in', 'values'), operator('_nin', 'values')]
const isNull = operator('_is_null', 'scalar:Boolean')
const order = ['_gt', '_gte', '_lt', '_lte'].map((name) => operator(name, 'value'))
const contains = operator('_contains', 'value', 'does the column contain the given value')
const containedIn = operator('_contained_in', 'value', 'is the column contained in the given value')

const further: Readonly<Record<OperatorFamily, readonly ComparisonOperator[]>> = {
  plain: [],
  array: [contains, containedIn],
  text: [
    operator('_like', 'value', 'does the column match the given pattern'),
    operator('_nlike', 'value', 'does the column NOT match the given pattern'),
    operator('_ilike', 'value', 'does the column match the given case-insensitive pattern'),
    operator('_nilike', 'value', 'does the column NOT match the given case-insensitive pattern'),
    operator('_similar', 'value', 'does the column match the given SQL regular expression'),
    operator('_nsimilar', 'value', 'does the column NOT match the given SQL regular expression'),
    operator('_regex', 'value', 'does the column match the given POSIX regular expression, case sensitive'),
    operator('_iregex', 'value', 'does the column match the given POSIX regular expression, case insensitive'),
    operator('_nregex', 'value', 'does the column NOT match the given POSIX regular expression, case sensitive'),
    operator('_niregex', 'value', 'does the column NOT match the given POSIX regular expression, case insensitive'),
  ],
  jsonb: [
    contains,
    containedIn,
    operator('_has_key', 'scalar:String', 'does the string exist as a top-level key in the column'),
    operator('_has_keys_any', 'scalars:String', 'do any of these strings exist as top-level keys in the column'),
    operator('_has_keys_all', 'scalars:String', 'do all of these strings exist as top-level keys in the column'),
    operator('_cast', 'input:jsonb_cast_exp'),
  ],
  range: [
    contains,
    containedIn,
    operator('_overlaps', 'value', 'does the column have points in common with the given range'),
    operator('_strictly_left', 'value', 'is the column strictly left of the given range'),
    operator('_strictly_right', 'value', 'is the column strictly right of the given range'),
    operator('_not_left', 'value', 'does the column not extend to the left of the given range'),
    operator('_not_right', 'value', 'does the column not extend to the right of the given range'),
    operator('_adjacent', 'value', 'is the column adjacent to the given range'),
  ],
  ltree: [
    operator('_ancestor', 'value', 'is the left argument an ancestor of right (or equal)?'),
    operator('_ancestor_any', 'values', 'does array contain an ancestor of `ltree`?'),
    operator('_descendant', 'value', 'is the left argument a descendant of right (or equal)?'),
    operator('_descendant_any', 'values', 'does array contain a descendant of `ltree`?'),
    operator('_matches', 'scalar:lquery', 'does `ltree` match `lquery`?'),
    operator('_matches_any', 'scalars:String', 'does `ltree` match any `lquery` in array?'),
    operator('_matches_fulltext', 'scalar:ltxtquery', 'does `ltree` match `ltxtquery`?'),
  ],
  geometry: [
    operator('_st_contains', 'value', 'does the column contain the given geometry value'),
    operator('_st_crosses', 'value', 'does the column cross the given geometry value'),
    operator('_st_equals', 'value', 'is the column equal to given geometry value (directionality is ignored)'),
    operator(
      '_st_overlaps',
      'value',
      "does the column 'spatially overlap' (intersect but not completely contain) the given geometry value",
    ),
    operator('_st_touches', 'value', 'does the column have atleast one point in common with the given geometry value'),
    operator('_st_within', 'value', 'is the column contained in the given geometry value'),
    operator('_st_intersects', 'value', 'does the column spatially intersect the given geometry value'),
    operator('_st_3d_intersects', 'value', 'does the column spatially intersect the given geometry value in 3D'),
    operator('_st_d_within', 'input:st_d_within_input', 'is the column within a given distance from the given geometry value'),
    operator('_st_3d_d_within', 'input:st_d_within_input', 'is the column within a given 3D distance from the given geometry value'),
    operator('_cast', 'input:geometry_cast_exp'),
  ],
  geography: [
    operator('_st_intersects', 'value', 'does the column spatially intersect the given geography value'),
    operator('_st_d_within', 'input:st_d_within_geography_input', 'is the column within a given distance from the given geography value'),
    operator('_cast', 'input:geography_cast_exp'),
  ],
  raster: [
    operator('_st_intersects_rast', 'value', 'ST_Intersects(raster, raster)'),
    operator('_st_intersects_nband_geom', 'input:st_intersects_nband_geom_input', 'ST_Intersects(raster, nband, geometry)'),
    operator('_st_intersects_geom_nband', 'input:st_intersects_geom_nband_input', 'ST_Intersects(raster, geometry, nband)'),
  ],
}

/** All operators of a family. */
export function operatorsOf(family: OperatorFamily): readonly ComparisonOperator[] {
  return [...equality, isNull, ...(family === 'raster' ? [] : order), ...further[family]]
}

/** Columns that refer to an enum table. */
export const enumOperators: readonly ComparisonOperator[] = [...equality, isNull]

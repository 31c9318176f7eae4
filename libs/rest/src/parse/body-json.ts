// One pass over a JSON body: is it JSON, is it an object or an array of objects, and which keys have they? Nothing is
// built, because the text itself goes to Postgres, and it can pause: JSON.parse of a long body holds up every other request.
import { restError } from '../rest.errors.ts'

/** Deeper bodies would exhaust Postgres' own parser. */
const DEPTH_MAX = 256
/** No table of Postgres has more columns, and no function more arguments. */
const KEYS_MAX = 1_600

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const ZERO = 48
const NINE = 57
const COLON = 58
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/** What may come next. */
const VALUE = 0
const VALUE_OR_END = 1
const KEY = 2
const KEY_OR_END = 3
const AFTER_KEY = 4
const AFTER_VALUE = 5

/** What a JSON text holds at its top. */
export interface ScannedJson {
  readonly isArray: boolean
  /** An object, or an array of nothing but objects. */
  readonly isRows: boolean
  /** Elements of the array; 1 for anything else. */
  readonly rowCount: number
  /** Keys of the first object, in its order. */
  readonly keys: readonly string[]
  /** All objects have these keys and no others. */
  readonly isUniform: boolean
  /** Of one row alone: the JSON text of each key's value. */
  readonly members?: readonly string[]
}

/** Thrown for text that is no JSON. */
export class NotJson extends Error {}

/** Scans a JSON text, piece by piece if its caller likes. */
export class JsonScanner {
  private position = 0
  private expected = VALUE
  private depth = 0
  /** What is open around the position: true for an object, false for an array. */
  private readonly isObject: boolean[] = [false]
  private isArray = false
  private isRows = true
  private rowDepth = 0
  private rowCount = 0
  private keyCount = 0
  private isUniform = true
  private readonly keys = new Map<string, number>()
  /** The first object's keys as they are written: most rows spell theirs the same way, in the same order. */
  private readonly written: string[] = []
  /** For rows that do not: the last row in which each key was seen, and how many of them this row has. */
  private readonly seenIn: number[] = []
  private seen = 0
  /** Where the values of the first row's members begin and end. */
  private readonly begins: number[] = []
  private readonly ends: number[] = []

  constructor(private readonly text: string) {}

  /** Goes on up to about `limit`; true when the text is at its end. */
  advance(limit = this.text.length): boolean {
    const { text } = this
    const end = Math.min(limit, text.length)
    while (this.position < end) {
      const code = text.charCodeAt(this.position)
      if (code === 32 || code === 10 || code === 13 || code === 9) this.position++
      else if (this.expected === AFTER_VALUE) this.afterValue(code)
      else if (this.expected === AFTER_KEY) {
        if (code !== COLON) throw new NotJson()
        this.position++
        this.expected = VALUE
      } else if (this.expected === KEY || this.expected === KEY_OR_END) this.key(code)
      else this.value(code)
    }
    if (this.position < text.length) return false
    if (this.depth > 0 || this.expected !== AFTER_VALUE) throw new NotJson()
    return true
  }

  /** What was found, once {@link advance} is through. */
  result(): ScannedJson {
    const { isArray, isRows, isUniform } = this
    const rowCount = isArray ? this.rowCount : 1
    return {
      isArray,
      isRows,
      rowCount,
      keys: [...this.keys.keys()],
      isUniform,
      members: isRows && rowCount === 1 ? this.members() : undefined,
    }
  }

  /** Of a key that is there twice the last value counts, as it does for Postgres. */
  private members(): string[] {
    const members: string[] = []
    this.places.forEach((place, i) => (members[place] = this.text.slice(this.begins[i], this.ends[i])))
    return members
  }

  private value(code: number): void {
    if (code === CLOSE_ARRAY && this.expected === VALUE_OR_END) return this.close()
    if (this.depth === 0) this.begin(code)
    if (this.depth === 1 && this.isArray) {
      this.rowCount++
      if (code !== OPEN_OBJECT) this.isRows = false
    }
    const isMember = this.isMember()
    if (isMember) this.begins.push(this.position)
    if (code === OPEN_OBJECT) return this.open(true, KEY_OR_END)
    if (code === OPEN_ARRAY) return this.open(false, VALUE_OR_END)
    if (code === QUOTE) this.position = endOfString(this.text, this.position) + 1
    else if (code === MINUS || (code >= ZERO && code <= NINE)) this.position = endOfNumber(this.text, this.position)
    else this.word(code)
    if (isMember) this.ends.push(this.position)
    this.expected = AFTER_VALUE
  }

  /** Is the position that of a value of the first row? */
  private isMember(): boolean {
    return this.depth === this.rowDepth && this.rowCount <= 1 && this.isObject[this.depth] === true
  }

  /** The outermost value says where the rows are. */
  private begin(code: number): void {
    this.isArray = code === OPEN_ARRAY
    this.isRows = this.isArray || code === OPEN_OBJECT
    this.rowDepth = this.isArray ? 2 : 1
  }

  private word(code: number): void {
    const word = code === 116 ? 'true' : code === 102 ? 'false' : 'null'
    if (!this.text.startsWith(word, this.position)) throw new NotJson()
    this.position += word.length
  }

  private open(isObject: boolean, expected: number): void {
    if (++this.depth > DEPTH_MAX) throw restError('too_complex', { limit: DEPTH_MAX, what: 'levels of nesting in the body' })
    this.isObject[this.depth] = isObject
    this.expected = expected
    this.position++
    if (this.depth === this.rowDepth) this.keyCount = this.seen = 0
  }

  private close(): void {
    if (this.depth === this.rowDepth && this.isObject[this.depth] === true) this.endRow()
    this.depth--
    this.position++
    if (this.isMember()) this.ends.push(this.position)
    this.expected = AFTER_VALUE
  }

  private afterValue(code: number): void {
    if (this.depth === 0) throw new NotJson()
    const inObject = this.isObject[this.depth] === true
    if (code === COMMA) {
      this.position++
      this.expected = inObject ? KEY : VALUE
    } else if (code === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) this.close()
    else throw new NotJson()
  }

  private key(code: number): void {
    if (code === CLOSE_OBJECT && this.expected === KEY_OR_END) return this.close()
    if (code !== QUOTE) throw new NotJson()
    this.expected = AFTER_KEY
    if (this.depth !== this.rowDepth) {
      this.position = endOfString(this.text, this.position) + 1
      return
    }
    if (++this.keyCount > KEYS_MAX) throw restError('too_complex', { limit: KEYS_MAX, what: 'keys in an object of the body' })
    const same = this.rowCount > 1 ? this.written[this.keyCount - 1] : undefined
    if (same !== undefined && this.text.startsWith(same, this.position)) {
      this.position += same.length
      // Keys are told apart only where the order differs; before that, the place says which one it is.
      this.see(this.places[this.keyCount - 1]!)
      return
    }
    const start = this.position
    this.position = endOfString(this.text, start) + 1
    const written = this.text.slice(start, this.position)
    this.noteKey(written, written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1))
  }

  /** For each written key, which of the distinct ones it is. */
  private readonly places: number[] = []

  private noteKey(written: string, key: string): void {
    const known = this.keys.get(key)
    if (this.rowCount > 1) {
      if (known === undefined) this.isUniform = false
      else this.see(known)
      return
    }
    const place = known ?? this.keys.size
    if (known === undefined) this.keys.set(key, place)
    this.written.push(written)
    this.places.push(place)
  }

  private see(place: number): void {
    if (this.seenIn[place] === this.rowCount) return
    this.seenIn[place] = this.rowCount
    this.seen++
  }

  private endRow(): void {
    if (this.rowCount > 1 && this.seen !== this.keys.size) this.isUniform = false
  }
}

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) return i
    if (code < 32) throw new NotJson()
    if (code !== BACKSLASH) continue
    const escape = text.charCodeAt(++i)
    if (escape === 117) {
      for (let digit = 0; digit < 4; digit++) if (!isHex(text.charCodeAt(++i))) throw new NotJson()
    } else if (!escapes.has(escape)) throw new NotJson()
  }
  throw new NotJson()
}

/** `"`, `\`, `/`, `b`, `f`, `n`, `r`, `t` */
const escapes: ReadonlySet<number> = new Set([34, 92, 47, 98, 102, 110, 114, 116])

function isHex(code: number): boolean {
  return (code >= ZERO && code <= NINE) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function endOfNumber(text: string, start: number): number {
  number.lastIndex = start
  if (!number.test(text)) throw new NotJson()
  return number.lastIndex
}

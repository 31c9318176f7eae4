// Grammar-near garbage for every position of a request: valid pieces, damaged, encoded in odd ways, put where they do not belong.
import { randomJson, randomText, words } from '../../../query/test/fuzz/hostile-words.ts'
import { users } from '../rest-server.ts'
import type { Random } from '../../../query/test/property/random.ts'

/** A request before it becomes bytes; texts are latin1 when `raw`, else UTF-8. */
export interface Garbage {
  readonly method: string
  readonly path: string
  readonly parameters: readonly string[]
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer | undefined
}

export interface Tokens {
  readonly users: Readonly<Record<keyof typeof users, string>>
  readonly service: string
  readonly anon: string
}

const parameters = [
  'select=id,t:title,k:data->k->>t,author:authors!author_id(name),comments(body,authors(name))',
  'select=...authors!author_id(name),comments!inner(id)',
  'select=id::int4,title::bytea,tags::text',
  'select=score.sum(),category,count(),a:score.avg()::int',
  'select=*,...comments(body),post_labels(labels(*))',
  'select=comments(count()),authors!posts_author_id_fkey(posts(comments(id)))',
  'order=score.desc.nullslast,data->k',
  'order=authors(name).desc,id',
  'or=(id.eq.1,and(name.like.B*,id.lt.5),not.or(a.is.null))',
  'not.and=(score.gt(any).{1,2},title.not.match(all).{a,b})',
  'id=in.(1,"2",3)',
  'comments.order=id.desc',
  'comments.limit=1',
  'comments=not.is.null',
  'comments.or=(id.eq.1,body.ilike.*a*)',
  'limit=2',
  'offset=1',
  'words=fts(english).cat',
  'words=wfts.cat or "dog"',
  'tags=cs.{a,b}',
  'span=ov.[1,2)',
  'data=cs.{"a":1}',
  'title=like(any).{a*}',
  'title=imatch.(',
  'title=match.(((((a*)*)*)*)*b',
  'score=gte.9999999999999999999',
  'score=isdistinct.1',
  'published=is.unknown',
  'columns=scope,key',
  'on_conflict=scope,key',
  'data->>k=eq.1',
  'data->k->0->>n=is.null',
  'id=eq.1',
  'apikey=x',
  'cursor=v.aaaaaa.WyIxIl0',
  'cursor=vn.k3Xw_A.WyI3Il0',
] as const
const callParameters = [
  'a=1',
  'b=2',
  'words=x',
  'words=y',
  'minimum=1',
  'n=3',
  'thing={"a":1}',
  'tags={x}',
  'select=id',
  'id=gt.1',
  'limit=1',
] as const
const paths = [
  ...Array.from({ length: 24 }, () => 'posts'),
  'authors',
  'comments',
  'settings',
  'labels',
  'secrets',
  'post_titles',
  'Odd%20%22Names%22',
  'rpc/posts_above',
  'rpc/add',
  'rpc/table_of',
  'rpc/describe',
  'rpc/join_words',
  'rpc/same',
  'rpc/first_author',
  'rpc/rename_author',
  ...Array.from({ length: 6 }, () => 'batch'),
  '',
  'openapi.json',
  'rpc/',
] as const
const bodies = [
  '{"score":1}',
  '{"a":1,"b":2}',
  '{"minimum":1}',
  '[{"scope":"z","key":"y"},{"scope":"z","key":"x"}]',
  '{"thing":[1],"tags":["x"]}',
  '{"post_id":1,"author_id":1,"body":"q"}',
  '{"id":1,"name":"x"}',
  '{"words":["a","b"]}',
  'scope,key,value\nq,"w""e",NULL\nr,s,\n',
  'scope=a&key=b&value=%00',
  '{"steps":[{"id":"a","method":"POST","path":"/labels?select=id","headers":{"Prefer":"return=representation"},"body":{"name":"n"}},{"method":"GET","path":"/labels","filters":{"id":{"eq":{"$ref":"a.0.id"}}}}]}',
  '{"steps":[{"id":"p","method":"GET","path":"/posts?select=id,data&limit=2"},{"method":"GET","path":"/comments","filters":{"post_id":{"in":[{"$ref":"p.0.id"},2]}}}]}',
  '{"steps":[{"method":"POST","path":"/rpc/posts_above","body":{"minimum":{"$literal":{"$ref":"x"}}}},{"method":"DELETE","path":"/labels?id=eq.1"}]}',
] as const
const headers: readonly (readonly [string, readonly string[]])[] = [
  [
    'Prefer',
    [
      'return=representation, count=exact, resolution=merge-duplicates, missing=default',
      'count=planned',
      'count=estimated',
      'handling=strict, max-affected=1',
      'handling=strict',
      'tx=rollback',
      'timezone=Europe/Berlin',
      "timezone=x'; select pg_sleep(9); --",
      'return=headers-only',
      'cursor',
      'explain-denied, count=exact',
    ],
  ],
  ['Range', ['0-9', '5-', '-1', '9-0', '0-99999999999999999999', 'bytes=0-1']],
  ['Range-Unit', ['items', 'bytes']],
  [
    'Accept',
    [
      'application/vnd.pgrst.object+json',
      'application/vnd.pgrst.object+json;nulls=stripped',
      'application/vnd.pgrst.array+json;nulls=stripped',
      'text/csv',
      'application/geo+json',
      'application/octet-stream',
      'text/plain',
      'text/xml',
      'application/openapi+json',
      '*/*',
      'application/vnd.pgrst.plan+json;for="application/json";options=analyze|verbose|settings|buffers|wal',
      'application/vnd.pgrst.plan;options=;x',
    ],
  ],
  ['Accept-Profile', ['public', 'auth', 'pg_catalog']],
  ['Content-Profile', ['public', 'information_schema']],
  [
    'Content-Type',
    [
      'application/json',
      'text/csv',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'text/plain',
      'text/xml',
      'application/json; charset=utf-16',
    ],
  ],
  ['apikey', ['x', 'a.b.c']],
  ['Cookie', ['a=b; c="d"', '=;;=', 'é']],
  ['X-HTTP-Method-Override', ['DELETE']],
  ['X-Forwarded-Host', ['evil.example']],
  ['Expect', ['100-continue']],
  ['X-Plinth-Impersonate', ['{"role":"authenticated","sub":"x"}', '{"role":"postgres"}', '[]']],
  ['Accept-Encoding', ['gzip, br']],
]
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS'] as const
const rareMethods = ['TRACE', 'PROPFIND', 'LINK', 'get', 'BREW'] as const

/** A random request; `mayWrite` chooses whether it comes with a user's token at times. */
export function makeGarbage(random: Random, tokens: Tokens, mayWrite: boolean): Garbage {
  const method = random.chance(1) ? random.pick(rareMethods) : random.pick(methods)
  const hasBody = random.chance(method === 'POST' || method === 'PATCH' || method === 'PUT' ? 92 : 4)
  const path = pathOf(random)
  const known = path.startsWith('rpc/') && random.chance(70) ? callParameters : parameters
  return {
    method,
    path,
    parameters: Array.from({ length: random.below(4) }, () => encoded(random, damaged(random, random.pick(known), 30))),
    headers: headersOf(random, tokens, mayWrite, hasBody),
    body: hasBody ? bodyOf(random) : undefined,
  }
}

function pathOf(random: Random): string {
  const path = random.pick(paths)
  const kind = random.below(30)
  if (kind === 0) return encodeURIComponent(randomText(random))
  if (kind === 1) return damaged(random, path, 100).replace(/[^\x21-\x7e]/g, '')
  if (kind === 2)
    return random.pick([
      '%',
      '%zz',
      '%00',
      '%c0%af',
      '..%2f..%2fetc',
      '//posts',
      'posts/',
      'posts/1',
      './posts',
      '../admin',
      'posts%00',
      'posts%20',
      '%2e%2e',
      'posts;x',
      'a'.repeat(20_000),
    ])
  return path
}

/** Some pieces cut out, doubled, or replaced by odd ones. */
function damaged(random: Random, text: string, percent: number): string {
  if (!random.chance(percent)) return text
  const parts = Array.from(text)
  for (let times = random.between(1, 4); times > 0; times--) {
    const inserted = random.chance(60)
      ? Array.from(random.pick(words))
      : parts.slice(random.below(parts.length + 1), random.below(parts.length + 1))
    parts.splice(random.below(parts.length + 1), random.below(4), ...inserted)
  }
  return parts.join('')
}

function encoded(random: Random, text: string): string {
  const kind = random.below(20)
  // A lone surrogate has no encoding.
  const clean = text.toWellFormed()
  if (kind === 0) return clean.replace(/[^\x21-\x7e]/gu, '').replaceAll('#', '')
  if (kind === 1) return encodeURIComponent(encodeURIComponent(clean))
  if (kind === 2) return Array.from(Buffer.from(clean), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  if (kind === 3) return `${encodeURIComponent(clean)}${random.pick(['%', '%e', '%ff', '%ed%a0%80', '&&', '=', '+', '%00'])}`
  const mark = clean.indexOf('=')
  return mark === -1
    ? encodeURIComponent(clean)
    : `${encodeURIComponent(clean.slice(0, mark))}=${encodeURIComponent(clean.slice(mark + 1))}`
}

function headersOf(random: Random, tokens: Tokens, mayWrite: boolean, hasBody: boolean): [string, string][] {
  const chosen: [string, string][] = []
  for (const [name, values] of headers) {
    const often = name === 'Content-Type' && hasBody ? 80 : name === 'Prefer' ? 40 : 8
    if (!random.chance(often)) continue
    const value = name === 'Content-Type' && random.chance(60) ? 'application/json' : damaged(random, random.pick(values), 25)
    chosen.push([name, value])
    if (random.chance(2)) chosen.push([name, random.pick(values)])
  }
  const authorization = random.below(20)
  if (mayWrite && authorization < 12) chosen.push(['Authorization', `Bearer ${random.pick([tokens.users.ann, tokens.users.bob])}`])
  else if (authorization === 12) chosen.push(['Authorization', damaged(random, `Bearer ${mayWrite ? tokens.service : tokens.anon}`, 100)])
  else if (authorization === 13)
    chosen.push(['Authorization', random.pick(['Bearer', 'Bearer x', 'Basic YTpi', `Bearer ${unsigned()}`, 'bearer  a.b.c', ''])])
  // What would end the header is another suite's matter: the server's HTTP parser.
  return chosen.map(([name, value]) => [name, value.replace(/[\0\r\n]/g, '').slice(0, 9_000)])
}

/** Signed by nobody. */
function unsigned(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ role: 'service_role', exp: 4_000_000_000 })}.`
}

function bodyOf(random: Random): Buffer {
  const kind = random.below(20)
  if (kind === 0) return Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)))
  if (kind === 1) return Buffer.from(randomJson(random))
  if (kind === 2) {
    const depth = random.pick([10, 200, 20_000])
    return Buffer.from(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(random.chance(50) ? depth : 3)}`)
  }
  if (kind === 3)
    return Buffer.from(
      random.pick([
        '',
        ' ',
        'null',
        '1',
        '"x"',
        '[]',
        '{}',
        '[null]',
        '[1,2]',
        '[[]]',
        '\uFEFF{}',
        '{"__proto__":{"x":1}}',
        '{"score":1e999}',
        '{"score":1,"score":2}',
        '{"score":"\\ud800"}',
        '{"name":"\\u0000"}',
        'NULL',
        '[{}]',
        '[{},{"score":1}]',
      ]),
    )
  return Buffer.from(damaged(random, random.pick(bodies), 40))
}

/** The request as it goes over the wire. */
export function bytesOf({ method, path, parameters: given, headers: lines, body }: Garbage): Buffer {
  const target = `/rest/v1/${path}${given.length === 0 ? '' : `?${given.join('&')}`}`
  const length = body === undefined ? [] : [`Content-Length: ${body.length}`]
  const head = [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...lines.map(([name, value]) => `${name}: ${value}`), ...length, '', '']
  return Buffer.concat([Buffer.from(head.join('\r\n')), body ?? Buffer.alloc(0)])
}

/** The request as a command. */
export function commandOf({ method, path, parameters: given, headers: lines, body }: Garbage): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
  const options = lines.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`)
  const data = body === undefined ? [] : [`--data-binary ${quote(JSON.stringify(body.subarray(0, 2_000).toString('latin1')))}`]
  return [
    `curl -X ${method}`,
    quote(`http://localhost/rest/v1/${path}${given.length === 0 ? '' : `?${given.join('&')}`}`.slice(0, 3_000)),
    ...options,
    ...data,
  ].join(' ')
}

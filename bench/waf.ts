// What inspecting a request costs, by itself: with every managed rule group, with few rules and with many, beside sets of
// regular expressions alone. CPU time, the best of the
// rounds; the requests of a row all differ, as those of visitors do.
import { RE2Set } from 're2js'
import { addressSet, type CompiledWebACL, type WebRequest } from '#engines/waf/index.ts'
import { calibration } from './calibration.ts'
import { goalTable } from './goals.ts'
import { table } from './table.ts'
import { everyGroup, webACL, world } from './waf-acl.ts'
import { attackQuery, browserGet, crsLike, jsonPost, plainRules, textsOf } from './waf/workload.ts'

const requestsPerRow = 512
const roundMs = 40
const rounds = 9

interface Row {
  readonly what: string
  readonly run: (request: WebRequest) => unknown
  readonly requests: readonly WebRequest[]
}

const many = (make: (number: number) => WebRequest): readonly WebRequest[] =>
  Array.from({ length: requestsPerRow }, (_, number) => make(number))

function inspecting(what: string, acl: CompiledWebACL, requests: readonly WebRequest[], type: string): Row {
  for (const request of requests) {
    const { action, terminatingRule } = acl.inspect(request, 0)
    if (action.type !== type) throw new Error(`${what}: ${action.type} by ${JSON.stringify(terminatingRule)}`)
  }
  return { what, requests, run: (request) => acl.inspect(request, 0) }
}

const every = everyGroup()
const gets = many(browserGet)
const posts = many(jsonPost)
const addresses = addressSet(
  Array.from({ length: 10_000 }, (_, n) => `198.${18 + (n >> 13)}.${(n >> 5) & 255}.${(n & 31) * 8}/30`),
)
if (!addresses.ok) throw new Error('the addresses are none')
const around = {
  ...world,
  addressSet: () => addresses.value,
  locate: () => ({ country: 'HU', region: 'BU' }),
}

const set = new RE2Set()
for (const pattern of crsLike) set.add(pattern)
set.compile()
const expressions = crsLike.map((pattern) => new RegExp(pattern, 'i'))

const rows: readonly Row[] = [
  inspecting('GET of a browser, every managed group', every, gets, 'ALLOW'),
  inspecting('POST of JSON, 2 KiB, 100 leaves, every managed group', every, posts, 'ALLOW'),
  inspecting('GET with SQL injection, every managed group', every, many(attackQuery), 'BLOCK'),
  inspecting(
    'GET, 10 rules and an IP set of 10,000 blocks',
    webACL('ten', plainRules(10), around),
    gets,
    'ALLOW',
  ),
  inspecting(
    'GET, 1,000 rules and an IP set of 10,000 blocks',
    webACL('thousand', plainRules(1000), around),
    gets,
    'ALLOW',
  ),
  {
    what: `GET, ${crsLike.length} expressions as of CRS, one after the other in V8`,
    requests: gets,
    run: (request) => textsOf(request).map((text) => expressions.map((expression) => expression.test(text))),
  },
  {
    what: `GET, the same as one set of re2js`,
    requests: gets,
    run: (request) => textsOf(request).map((text) => set.match(text)),
  },
]

/** CPU time of a call in one round. Units: microseconds. */
function round({ run, requests }: Row): number {
  const [before, until] = [process.cpuUsage(), performance.now() + roundMs]
  let calls = 0
  while (performance.now() < until)
    for (let n = 0; n < 32; n += 1, calls += 1) run(requests[calls % requestsPerRow] as WebRequest) // The list has so many.
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

console.log(calibration('before'))
// Rows take turns, so that a slow moment meets all of them; the first turns warm them up.
const measured = rows.map((): number[] => [])
for (let turn = -2; turn < rounds; turn += 1)
  for (const [index, row] of rows.entries()) {
    const micros = round(row)
    if (turn >= 0) measured[index]?.push(micros)
  }
// The least: others that use the machine only ever add to it.
const micros = measured.map((figures) => Math.min(...figures))
console.log(calibration('after'))
console.log(
  `\n${table(
    ['inspection alone', 'CPU µs'],
    rows.map(({ what }, index) => [what, (micros[index] ?? Number.NaN).toFixed(1)]),
  )}`,
)
const [get, post, attack, ten, thousand] = micros
const ratio = (one = Number.NaN, other = Number.NaN): number => one / other
console.log(
  `\n${goalTable([
    { what: 'GET with every managed group', atMost: 90, measured: get, unit: ' µs' },
    { what: 'POST of 2 KiB JSON with every managed group', atMost: 290, measured: post, unit: ' µs' },
    { what: 'blocked GET ÷ allowed GET', atMost: 1, measured: ratio(attack, get), unit: ' ×' },
    { what: '1,000 rules ÷ 10 rules', atMost: 1.5, measured: ratio(thousand, ten), unit: ' ×' },
  ])}`,
)

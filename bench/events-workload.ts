/**
 * The workload of event patterns: 1,000 rules over the events of a trail, each with an operator of its own, and the same with exact
 * values alone; 1,000 events, of which most meet a few rules. Then pairs of a small pattern and a small event that meet often, for
 * the comparison of answers. The same at every run.
 */

export const ruleCount = 1000
const eventCount = 1000

/** A sequence that looks random and is the same for a seed. */
export function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

function picker(next: () => number): <T>(values: readonly T[]) => T {
  return <T>(values: readonly T[]) => values[Math.floor(next() * values.length)] as T // Never empty.
}

const services = ['ec2', 's3', 'iam', 'sts', 'kms', 'lambda', 'sns', 'sqs', 'logs', 'events']
const verbs = ['Create', 'Delete', 'Put', 'Get', 'List', 'Describe', 'Update', 'Attach', 'Detach', 'Tag']

function eventName(index: number): string {
  return `${verbs[Math.floor(index / 10) % verbs.length] ?? ''}Thing${index % 40}`
}

type Json = Readonly<Record<string, unknown>>

const details: readonly ((index: number) => Json)[] = [
  (index) => ({
    eventName: [eventName(index)],
    userIdentity: { userName: [`user${index}`] },
  }),
  (index) => ({ requestParameters: { bucketName: [{ prefix: `logs-${index}-` }] } }),
  (index) => ({ requestParameters: { key: [{ suffix: `/${index}.json` }] } }),
  (index) => ({
    userIdentity: { userName: [{ 'equals-ignore-case': `User${index}` }] },
    errorCode: [{ exists: true }],
  }),
  (index) => ({ responseElements: { size: [{ numeric: ['>', index * 10, '<=', index * 10 + 10] }] } }),
  (index) => ({ sourceIPAddress: [{ cidr: `10.${index >> 8}.${index & 255}.0/24` }] }),
  (index) => ({ requestParameters: { key: [{ wildcard: `team${index}/*.csv` }] } }),
  (index) => ({
    userIdentity: {
      accountId: [{ 'anything-but': '123456789012' }],
      userName: [`user${index}`, `admin${index}`],
    },
  }),
  (index) => ({ tags: { key: ['owner'], value: [`owner${index}`] } }),
  (index) => ({
    $or: [{ errorCode: ['AccessDenied'], recipient: [`r${index}`] }, { recipient: [`x${index}`] }],
  }),
]

function rule(index: number, detail: Json): string {
  return JSON.stringify({
    source: [`aws.${services[index % services.length] ?? ''}`],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail,
  })
}

export const mixedRules: readonly string[] = Array.from({ length: ruleCount }, (_, index) =>
  rule(index, details[Math.floor(index / 10) % details.length]?.(index) ?? {}),
)
export const exactRules: readonly string[] = Array.from({ length: ruleCount }, (_, index) =>
  rule(index, {
    eventName: [eventName(index)],
    userIdentity: { userName: [`user${index}`, `admin${index}`] },
  }),
)

export const events: readonly string[] = eventsOf(sequence(7))

/** Half of the events aim at one rule's number in every field, so that a rule of it matches; the others mix numbers. */
function eventsOf(next: () => number): readonly string[] {
  const pick = picker(next)
  const number = (below: number): number => Math.floor(next() * below)
  return Array.from({ length: eventCount }, (_, index) => {
    const aim = index % 2 === 0 ? number(ruleCount) : undefined
    const some = (): number => aim ?? number(1200)
    const service = services[some() % services.length] ?? ''
    const address = some()
    return JSON.stringify({
      version: '0',
      id: `7bf73129-1428-4cd3-a780-${String(index).padStart(12, '0')}`,
      'detail-type': 'AWS API Call via CloudTrail',
      source: `aws.${service}`,
      account: '123456789012',
      time: '2026-11-26T10:00:00Z',
      region: 'eu-central-1',
      resources: [],
      detail: {
        eventVersion: '1.11',
        userIdentity: {
          type: 'IAMUser',
          principalId: 'AIDACKCEVSQ6C2EXAMPLE',
          arn: `arn:aws:iam::123456789012:user/user${some()}`,
          accountId: pick(['123456789012', '210987654321']),
          userName: `user${some()}`,
        },
        eventTime: '2026-11-26T10:00:00Z',
        eventSource: `${service}.amazonaws.com`,
        eventName: eventName(some()),
        awsRegion: 'eu-central-1',
        sourceIPAddress: `10.${address >> 8}.${address & 255}.${number(256)}`,
        userAgent: 'aws-cli/2.31.0 Python/3.13 Linux/6.1',
        ...(next() < 0.2 ? { errorCode: pick(['AccessDenied', 'ThrottlingException']) } : {}),
        requestParameters: {
          bucketName: `logs-${some()}-archive`,
          key: `team${some()}/2026/${some()}.${pick(['json', 'csv'])}`,
        },
        responseElements: { size: some() * 10 + 5 },
        tags: [
          { key: 'owner', value: `owner${some()}` },
          { key: 'stage', value: pick(['test', 'production']) },
        ],
        recipient: pick(['r', 'x', 'y']) + String(some()),
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: '123456789012',
      },
    })
  })
}

export interface Pair {
  readonly pattern: string
  readonly event: string
}

const texts = [
  'x',
  'X',
  'xy',
  'yx',
  'xyx',
  'ß',
  'SS',
  'ss',
  '',
  '10.0.0.1',
  '10.0.0.200',
  '::1',
  '0:0::1',
  '5',
  'true',
  'a*b',
  'İ',
]
const numbers = ['0', '1', '1.0', '5', '-2.5', '1e1', '10']
const wildcards = ['*', 'x*', '*x', 'x*x', '*x*', '*y*x', 'x\\*', 'a\\*b', 'x*y*']
const blocks = ['10.0.0.0/24', '::/64', '0.0.0.0/0', '10.0.0.128/25', '0:0::1/127']
const names = ['a', 'b', 'c', 'd-e']

/** What random pairs have not: names that come twice, places over several lines, fields that must be missing in arrays. */
export const handmadePairs: readonly Pair[] = [
  ['{"a":[1],"a":[2]}', '{"a":1}'],
  ['{"a":[1],"a":[2]}', '{"a":2}'],
  ['{"a":{"b":[1]},"a":{"c":[2]}}', '{"a":{"b":1,"c":2}}'],
  ['{"a":{"b":[1]},"a":{"c":[2]}}', '{"a":{"c":2}}'],
  ['{"a":[1],"a":{"b":[2]}}', '{"a":[1,{"b":2}]}'],
  ['{"a":[1],"$or":[{"a":[2]},{"b":[3]}]}', '{"a":1}'],
  ['{"a":[1],"$or":[{"a":[2]},{"b":[3]}]}', '{"a":2}'],
  ['{"$or":[{"a":[2]},{"b":[3]}],"a":[1]}', '{"a":1}'],
  ['{"$or":[{"a":[1]},{"b":[1]}],"$or":[{"c":[1]},{"d":[1]}]}', '{"a":1,"d":1}'],
  ['{"$or":["x"]}', '{"$or":"x"}'],
  ['{"$or":[{"prefix":"x"},{"suffix":"y"}]}', '{"$or":"xz"}'],
  ['{"a":{"w":[1],"x":[{"exists":false}]}}', '{"a":[{"w":1},{"x":2}]}'],
  ['{"a":{"x":[{"exists":false}],"y":[1]}}', '{"a":[{"y":1},{"x":2}]}'],
  [
    '{"a":{"x":[{"exists":false},1],"y":[1],"z":[{"exists":false}]}}',
    '{"a":[{"y":1},{"x":2,"y":1},{"z":1}]}',
  ],
  ['{"a":{"b":{"x":[1],"y":[2]}}}', '{"a":[{"b":[{"x":1},{"y":2}]},{"b":[{"x":1,"y":2}]}]}'],
  ['{"a":{"x":[1],"y":[2]}}', '{"a":[[{"x":1}],[{"x":1,"y":2}]]}'],
  ['{"a":[{"exists":false}]}', '{"a":[[],[{}]]}'],
  ['{\n"a": {\n  "b": 1}}', '{}'],
  ['{"a":[12345678901234567890]}', '{"a":12345678901234567890}'],
  ['{"a":[{"numeric":["<",12345678901234567890]}]}', '{}'],
  ['{"a":[{"numeric":["=",0.1]}]}', '{"a":1e-1}'],
  ['{"a":[-0]}', '{"a":0}'],
  ['{"a":{"b.c":[1]}}', '{"a":{"b":{"c":1}}}'],
  ['{"a":{"b":{"c":[1]}}}', '{"a":{"b.c":1}}'],
  ['{"a.b":{"c":[1]}}', '{"a":{"b.c":1}}'],
  ['{"a":{"b":[1]}}', '{"a.b":{"b":1}}'],
  ['{"a":{"b":[2]}}', '{"a":{"b":1},"a.b":2}'],
  ['{"a":{"b":[1],"c":[2]}}', '{"a.b":1,"a":{"c":2}}'],
  ['{"a":{"b":{"c":[1]},"d":[2]}}', '{"a":[{"b.c":1},{"d":2}]}'],
  ['{"a":{"b":[{"exists":false}]}}', '{"a.b":1}'],
  ['{"a":{"":{"b":[1]}}}', '{"a..b":1}'],
  ['{"a.b":[1],"a":{"b":[2]}}', '{"a":{"b":1}}'],
].map(([pattern = '', event = '']) => ({ pattern, event }))

/** Pairs whose patterns have every operator, well and badly formed, and `$or`, and whose events have deep arrays. */
export function pairs(count: number, seed: number): readonly Pair[] {
  const made = new PairMaker(sequence(seed))
  return Array.from({ length: count }, () => ({ pattern: made.pattern(0), event: made.event(0) }))
}

class PairMaker {
  readonly #next: () => number
  readonly #pick: ReturnType<typeof picker>

  constructor(next: () => number) {
    this.#next = next
    this.#pick = picker(next)
  }

  pattern(depth: number): string {
    // Of a name that comes twice, the later counts.
    const members = new Map<string, string>()
    const count = this.#next() < 0.5 ? 1 : 1 + Math.floor(this.#next() * 3)
    for (let member = 0; member < count; member += 1) {
      const chance = this.#next()
      const name = chance < 0.12 ? '$or' : this.#next() < 0.02 ? 'prefix' : this.#pick(names)
      members.set(name, name === '$or' ? this.#or(depth) : this.#member(depth))
    }
    return `{${[...members].map(([name, value]) => `"${name}":${value}`).join()}}`
  }

  #or(depth: number): string {
    return `[${this.#list(this.#next() < 0.05 ? 1 : 2, () => this.pattern(depth + 1))}]`
  }

  #member(depth: number): string {
    if (this.#next() < 0.4 && depth < 3) return this.pattern(depth + 1)
    return `[${this.#some(3, () => this.#test())}]`
  }

  event(depth: number): string {
    const members = names
      .filter(() => this.#next() < 0.7)
      .map((name) => `"${name}":${this.#value(depth + 1)}`)
    return `{${members.join()}}`
  }

  #value(depth: number): string {
    const chance = this.#next()
    if (depth > 3 || chance < 0.4) return this.#scalar()
    if (chance < 0.7) return this.event(depth)
    return `[${this.#list(Math.floor(this.#next() * 3.5), () => this.#value(depth + 1))}]`
  }

  #scalar(): string {
    const chance = this.#next()
    if (chance < 0.6) return this.#text()
    return chance < 0.85 ? this.#pick(numbers) : this.#pick(['true', 'false', 'null'])
  }

  #text(): string {
    return JSON.stringify(this.#pick(texts))
  }

  #test(): string {
    if (this.#next() < 0.35) return this.#scalar()
    if (this.#next() < 0.03) return this.#bad()
    const wildcard = (): string => JSON.stringify(this.#pick(wildcards))
    const number = (): string => this.#pick(numbers)
    const two = (one: () => string): string => `[${one()},${one()}]`
    return this.#pick<() => string>([
      () => `{"prefix":${this.#text()}}`,
      () => `{"suffix":${this.#text()}}`,
      () => `{"prefix":{"equals-ignore-case":${this.#text()}}}`,
      () => `{"suffix":{"equals-ignore-case":${this.#text()}}}`,
      () => `{"equals-ignore-case":${this.#text()}}`,
      () => `{"exactly":${this.#text()}}`,
      () => `{"wildcard":${wildcard()}}`,
      () => `{"numeric":["${this.#pick(['=', '<', '<=', '>', '>='])}",${number()}]}`,
      () =>
        `{"numeric":["${this.#pick(['>', '>='])}",${this.#pick(['-2.5', '0'])},"${this.#pick(['<', '<='])}",${this.#pick(['1', '1e1'])}]}`,
      () => `{"cidr":"${this.#pick(blocks)}"}`,
      () => `{"exists":${this.#pick(['true', 'false', 'false'])}}`,
      () => `{"anything-but":${this.#next() < 0.5 ? this.#text() : number()}}`,
      () => `{"anything-but":${two(() => this.#text())}}`,
      () => `{"anything-but":${two(number)}}`,
      () => `{"anything-but":{"wildcard":${wildcard()}}}`,
      () =>
        `{"anything-but":{"${this.#pick(['prefix', 'suffix', 'equals-ignore-case'])}":${two(() => JSON.stringify(this.#pick(texts.filter((text) => text !== ''))))}}}`,
    ])()
  }

  /** What is refused, mostly. */
  #bad(): string {
    const two = (): string => `[${this.#scalar()},${this.#scalar()}]`
    const name = this.#pick([
      'prefix',
      'suffix',
      'wildcard',
      'equals-ignore-case',
      'cidr',
      'exists',
      'exactly',
      'regex',
    ])
    return this.#pick<() => string>([
      () => `{"numeric":["${this.#pick(['>', '<', '=', '!'])}",${this.#scalar()},"<",${this.#scalar()}]}`,
      () => `{"numeric":[${this.#scalar()}]}`,
      () => `{"cidr":"${this.#pick(['10.0.0.0/32', '10.0.0.1', 'x/8', '10.0.0.0/x', '::/128', '::/-1'])}"}`,
      () => `{"wildcard":"${this.#pick(['**', 'x\\\\y', 'x\\\\'])}"}`,
      () => `{"${name}":${this.#scalar()}}`,
      () => `{"${name}":"x","prefix":"y"}`,
      () => `{"prefix":{"${name}":${this.#scalar()}}}`,
      () => `{"suffix":{"${name}":"x","y":1}}`,
      () => `{"anything-but":${this.#scalar()}}`,
      () => `{"anything-but":${two()}}`,
      () => `{"anything-but":{"${name}":${two()}}}`,
      () => `{"anything-but":{"${name}":${this.#scalar()}}}`,
      () => `{"anything-but":{"prefix":"x","suffix":"y"}}`,
      () => '{}',
      () => '[]',
    ])()
  }

  #some(max: number, make: () => string): string {
    return this.#list(1 + Math.floor(this.#next() * max), make)
  }

  #list(length: number, make: () => string): string {
    return Array.from({ length }, make).join()
  }
}

// Goal: whatever several stores over one database do, it is as if the transactions had run one after another, in the order of
// the log, on a plain Map. Method: random programs, begun, submitted, committed and caught up with in random order; then the log
// is replayed on the Map, and every program must give there the very answers that it gave. Anomalies (lost updates, phantoms,
// write skew, stale quotas) all show as a different answer. The seed is printed by fast-check when it fails.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { type Change, collection, type Reader, type Scope, type Transaction } from '#core/store/index.ts'
import type { Store } from '../../src/core/store/store.ts'
import { databases } from './databases.ts'

interface Thing {
  readonly colour: string
  readonly groups: readonly string[]
  /** Depends on everything that the transaction had read, so that a wrong read spreads. */
  readonly seen: string
}

const things = collection<Thing>({
  service: 'test',
  type: 'thing',
  indexes: { group: ({ groups }) => groups, colour: { anywhere: ({ colour }) => colour } },
})
const scopes: readonly Scope[] = [
  { account: '1', region: 'a' },
  { account: '2', region: 'a' },
]
const values = ['red', 'green']

/** One step of a program. `scope` and `id` and `value` choose from small sets, so that programs meet. */
interface Step {
  readonly kind:
    'get' | 'put' | 'delete' | 'list' | 'page' | 'find' | 'findAnywhere' | 'count' | 'room' | 'roomUnder'
  readonly scope: number
  readonly id: string
  readonly value: number
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'get',
    'put',
    'put',
    'delete',
    'list',
    'page',
    'find',
    'findAnywhere',
    'count',
    'room',
    'roomUnder',
  ),
  scope: fc.nat(scopes.length - 1),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.nat(values.length - 1),
})
const program = fc.array(step, { minLength: 1, maxLength: 6 })

/** What happens next: a store begins a program, submits one that it began, ends its turn, or catches up. */
const event = fc.record({
  kind: fc.constantFrom('begin', 'begin', 'submit', 'submit', 'endTurn', 'catchUp'),
  store: fc.nat(2),
  program,
})

/** The reads and writes that a program needs: a transaction's, or the model's. */
interface Documents {
  get(scope: Scope, id: string): Thing | undefined
  put(scope: Scope, id: string, thing: Thing): void
  delete(scope: Scope, id: string): void
  list(scope: Scope, after: string): readonly unknown[]
  find(scope: Scope, group: string): readonly unknown[]
  findAnywhere(colour: string): readonly unknown[]
  count(scope: Scope): number
  room(scope: Scope, max: number): boolean
  roomUnder(scope: Scope, group: string, max: number): boolean
}

/** Runs a program and gives all that it read, as text. */
function run(steps: readonly Step[], documents: Documents): string {
  let seen = ''
  for (const { kind, scope: scopeIndex, id, value: valueIndex } of steps) {
    const scope = scopes[scopeIndex] ?? assert.fail()
    const value = values[valueIndex] ?? assert.fail()
    const answers: Record<Step['kind'], () => unknown> = {
      get: () => documents.get(scope, id),
      put: () => {
        if (seen.includes('"full"')) return 'full'
        // What is written depends on what was read, shortened so that it does not grow without end.
        const groups = valueIndex === 0 ? [value] : values
        documents.put(scope, id, { colour: value, groups, seen: digest(seen) })
        return undefined
      },
      delete: () => documents.delete(scope, id),
      list: () => documents.list(scope, ''),
      page: () => documents.list(scope, id),
      find: () => documents.find(scope, value),
      findAnywhere: () => documents.findAnywhere(value),
      count: () => documents.count(scope),
      room: () => (documents.room(scope, 2) ? 'room' : 'full'),
      roomUnder: () => (documents.roomUnder(scope, value, 2) ? 'room' : 'full'),
    }
    seen += `${kind} ${JSON.stringify(answers[kind]())}\n`
  }
  return seen
}

function digest(text: string): string {
  let sum = 7
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return String(sum)
}

function reads(reader: Reader): Pick<Documents, 'get' | 'list' | 'find' | 'findAnywhere' | 'count'> {
  return {
    get: (scope, id) => reader.get(things, scope, id),
    list: (scope, after) => reader.list(things, scope, { after, limit: 2 }),
    find: (scope, group) => reader.find(things, scope, 'group', group),
    findAnywhere: (colour) => reader.findAnywhere(things, 'colour', colour),
    count: (scope) => reader.count(things, scope),
  }
}

function inTransaction(tx: Transaction): Documents {
  return {
    ...reads(tx),
    put: (scope, id, thing) => tx.put(things, scope, id, thing),
    delete: (scope, id) => tx.delete(things, scope, id),
    room: (scope, max) => tx.requireRoom(things, scope, max),
    roomUnder: (scope, value, max) => tx.requireRoomUnder(things, scope, { index: 'group', value, max }),
  }
}

/** The definition: a Map, and searches that look at everything. */
class Model implements Documents {
  readonly documents: Map<string, Thing>

  constructor(documents: ReadonlyMap<string, Thing> = new Map()) {
    this.documents = new Map(documents)
  }

  get(scope: Scope, id: string): Thing | undefined {
    return this.documents.get(`${scope.account}/${scope.region}/${id}`)
  }

  put(scope: Scope, id: string, thing: Thing): void {
    this.documents.set(`${scope.account}/${scope.region}/${id}`, thing)
  }

  delete(scope: Scope, id: string): void {
    this.documents.delete(`${scope.account}/${scope.region}/${id}`)
  }

  list(scope: Scope, after: string): readonly unknown[] {
    return this.#where(({ account, id }) => account === scope.account && id > after)
      .slice(0, 2)
      .map(({ id, document }) => ({ id, document }))
  }

  find(scope: Scope, group: string): readonly unknown[] {
    return this.#where(
      ({ account, document }) => account === scope.account && document.groups.includes(group),
    ).map(({ id, document }) => ({ id, document }))
  }

  findAnywhere(colour: string): readonly unknown[] {
    return this.#where(({ document }) => document.colour === colour)
  }

  count(scope: Scope): number {
    return this.#where(({ account }) => account === scope.account).length
  }

  room(scope: Scope, max: number): boolean {
    return this.count(scope) < max
  }

  roomUnder(scope: Scope, group: string, max: number): boolean {
    return this.find(scope, group).length < max
  }

  #where(wanted: (one: { account: string; id: string; document: Thing }) => boolean) {
    return [...this.documents]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, document]) => {
        const [account = '', region = '', id = ''] = key.split('/')
        return { account, region, id, document }
      })
      .filter(wanted)
  }
}

/** One store of a history, with the turn's end in the test's hands. */
interface Member {
  readonly store: Store
  readonly begun: {
    readonly number: number
    readonly steps: readonly Step[]
    readonly tx: Transaction
    readonly answer: string
  }[]
  readonly turn: (() => void)[]
  readonly heard: Change[]
}

interface Tally {
  committed: number
  reruns: number
  readOnly: number
}

async function check(
  events: readonly { kind: string; store: number; program: Step[] }[],
  kind: number,
  tally: Tally,
) {
  const database = databases[kind]?.[1](entriesKept) ?? assert.fail()
  const members: Member[] = []
  for (let n = 0; n < 3; n++) {
    const turn: (() => void)[] = []
    const store = await database.open({ atTurnEnd: (task) => turn.push(task) })
    const heard: Change[] = []
    store.tail((change) => heard.push(change))
    members.push({ store, begun: [], turn, heard })
  }
  const submitted: {
    readonly number: number
    readonly steps: readonly Step[]
    readonly answer: Promise<string>
  }[] = []
  const readOnly: { readonly seq: number; readonly steps: readonly Step[]; readonly answer: string }[] = []

  for (const [number, { kind, store: which, program: steps }] of events.entries()) {
    const { store, begun, turn } = members[which] ?? assert.fail()
    if (kind === 'begin') {
      const tx = store.begin()
      const answer = run(steps, inTransaction(tx))
      if (!tx.wrote) readOnly.push({ seq: store.seq, steps, answer })
      else begun.push({ number, steps, tx, answer })
    } else if (kind === 'submit') {
      const first = begun.shift()
      if (first === undefined) continue
      first.tx.record(String(first.number))
      const answer = store.submit(first.tx, first.answer, (tx) => {
        tally.reruns++
        tx.record(String(first.number))
        return run(first.steps, inTransaction(tx))
      })
      submitted.push({ number: first.number, steps: first.steps, answer })
    } else if (kind === 'catchUp') await store.catchUp()
    else for (const task of turn.splice(0)) task()
  }
  // Whatever is left commits in the stores' order; with promises, a commit may ask for another turn's end.
  const answers = Promise.all(submitted.map(({ answer }) => answer))
  const done = answers.then(() => true)
  do for (const { turn } of members) for (const task of turn.splice(0)) task()
  while (!(await Promise.race([done, nextTurn(false)])))
  for (const { store } of members) await store.catchUp()

  // The log replayed on the Map: state by state, answer by answer.
  const states = [new Model()]
  const byNumber = new Map(submitted.map((one, position) => [one.number, { ...one, position }]))
  const given = await answers
  for (const { seq, records } of (await members[0]?.store.recordsSince(0)) ?? assert.fail()) {
    const one = byNumber.get(Number(records[0])) ?? assert.fail('a record of nobody')
    byNumber.delete(one.number)
    assert.equal(seq, states.length, 'the log has a gap')
    const model = new Model(states.at(-1)?.documents)
    assert.equal(given[one.position], run(one.steps, model), 'a transaction read what was not so')
    states.push(model)
    tally.committed++
  }
  assert.equal(byNumber.size, 0, 'a transaction is missing from the log')
  for (const { seq, steps, answer } of readOnly) {
    assert.equal(answer, run(steps, new Model(states[seq]?.documents)), 'a reader saw what never was')
    tally.readOnly++
  }

  // In the end all replicas, their indexes included, agree with the Map, and so does a store that is opened afresh.
  const last = states.at(-1) ?? assert.fail()
  const fresh = await database.open()
  for (const store of [...members.map((member) => member.store), fresh]) {
    assert.equal(store.seq, states.length - 1)
    for (const scope of scopes) {
      assert.equal(store.read.count(things, scope), last.count(scope))
      for (const after of ['', 'b'])
        assert.deepEqual(reads(store.read).list(scope, after), last.list(scope, after))
      for (const value of values) {
        assert.deepEqual(reads(store.read).find(scope, value), last.find(scope, value))
        assert.deepEqual(reads(store.read).findAnywhere(value), last.findAnywhere(value))
      }
    }
  }
  for (const { heard } of members) {
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      Array.from({ length: states.length - 1 }, (_, n) => n + 1),
    )
    const followed = new Map<string, unknown>()
    for (const { account, region, id, before, after } of heard.flatMap(({ changes }) => changes)) {
      const key = `${account}/${region}/${id}`
      assert.deepEqual(before, followed.get(key))
      if (after === undefined) followed.delete(key)
      else followed.set(key, after)
    }
    assert.deepEqual(followed, last.documents)
  }
  await database.dispose()
}

/** Enough that no history is trimmed: the replay needs all of it. */
const entriesKept = 1000

/** How many histories, and how much must have happened in them for the test to mean something. */
const histories: readonly (readonly [runs: number, committedMin: number, rerunsMin: number])[] = [
  [4000, 10_000, 5000],
  [1500, 4000, 2000],
  [250, 500, 200],
]

for (const [kind, [name]] of databases.entries()) {
  test(`${name}: every history is one of transactions one after another`, async () => {
    const [numRuns, committedMin, rerunsMin] = histories[kind] ?? assert.fail()
    const tally = { committed: 0, reruns: 0, readOnly: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), (events) =>
        check(events, kind, tally),
      ),
      { numRuns },
    )
    console.log(`${name}: ${numRuns} histories, ${JSON.stringify(tally)}`)
    assert.ok(
      tally.committed >= committedMin && tally.reruns >= rerunsMin && tally.readOnly > numRuns,
      JSON.stringify(tally),
    )
  })
}

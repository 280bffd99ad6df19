// Goal: a store keeps its word on every driver. Method: one table of behaviours, run on each database; the last test counts
// them. What random histories can find is in history.test.ts, what a crash can do in crash.test.ts.
// Long, since it is one table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Change, collection, CommitFailed, type Scope, type Transaction } from '#core/store/index.ts'
import type { Store, StoreOptions } from '../../src/core/store/store.ts'
import { type Database, databases } from './databases.ts'

interface Light {
  readonly colour: string
  readonly tags?: readonly string[]
  readonly serial?: string
}

const lights = collection<Light>({
  service: 'test',
  type: 'light',
  indexes: {
    colour: (light) => light.colour,
    tag: (light) => light.tags,
    serial: { anywhere: (light) => light.serial },
  },
})
const counters = collection<{ readonly value: number }>({ service: 'test', type: 'counter' })
const here: Scope = { account: '000000000001', region: 'eu-central-1' }
const there: Scope = { account: '000000000002', region: 'eu-central-1' }

const red = { colour: 'red' }
const blue = { colour: 'blue' }
const byId = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1)
const ids = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id)

/** Begins a transaction now and submits it when called: for putting two beside each other. */
function begun<T>(store: Store, run: (tx: Transaction) => T): () => Promise<T> {
  const tx = store.begin()
  const answer = run(tx)
  return () => store.submit(tx, answer, run)
}

function put(store: Store, ...given: readonly (readonly [id: string, light: Light])[]): Promise<void> {
  return store.transact((tx) => {
    for (const [id, light] of given) tx.put(lights, here, id, light)
  })
}

function increment(id: string, ran?: () => void) {
  return (tx: Transaction): number => {
    ran?.()
    const value = (tx.get(counters, here, id)?.value ?? 0) + 1
    tx.put(counters, here, id, { value })
    return value
  }
}

interface Given {
  readonly database: Database
  readonly open: (options?: StoreOptions) => Promise<Store>
}

const behaviours: readonly (readonly [sentence: string, check: (given: Given) => Promise<void>])[] = [
  [
    'a committed document is read here at once, and elsewhere after catching up',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      await put(one, ['a', red])
      assert.deepEqual(one.read.get(lights, here, 'a'), red)
      assert.equal(two.read.get(lights, here, 'a'), undefined)
      await two.catchUp()
      assert.deepEqual(two.read.get(lights, here, 'a'), red)
      assert.equal(two.read.get(lights, there, 'a'), undefined)
      assert.equal(two.read.get(counters, here, 'a'), undefined)
      assert.equal(two.seq, 1)
    },
  ],
  [
    'all is there again when the database is opened again',
    async ({ open }) => {
      const one = await open()
      await put(one, ['a', red], ['b', { ...blue, serial: 'x' }], ['c', red])
      await one.transact((tx) => tx.delete(lights, here, 'a'))
      await put(one, ['c', blue])
      const two = await open()
      assert.equal(two.seq, 3)
      assert.deepEqual(two.read.list(lights, here), [
        { id: 'b', document: { ...blue, serial: 'x' } },
        { id: 'c', document: blue },
      ])
      assert.deepEqual(ids(two.read.find(lights, here, 'colour', 'blue')), ['b', 'c'])
      assert.deepEqual(two.snapshot(), one.snapshot())
    },
  ],
  [
    'a transaction reads its own writes in every way, and nobody else does before it commits',
    async ({ open }) => {
      const store = await open()
      await put(store, ['a', red], ['c', { colour: 'red', serial: 'old' }], ['d', blue])
      const tx = store.begin()
      tx.put(lights, here, 'b', { colour: 'red', tags: ['x', 'y'], serial: 'new' })
      tx.delete(lights, here, 'a')
      tx.put(lights, here, 'c', blue)
      for (const [reader, all, reds, blues, byTag, bySerial] of [
        [tx, ['b', 'c', 'd'], ['b'], ['c', 'd'], ['b'], ['b']],
        [store.read, ['a', 'c', 'd'], ['a', 'c'], ['d'], [], []],
      ] as const) {
        assert.deepEqual(ids(reader.list(lights, here)), all)
        assert.deepEqual(ids(reader.find(lights, here, 'colour', 'red')), reds)
        assert.deepEqual(ids(reader.find(lights, here, 'colour', 'blue')), blues)
        assert.deepEqual(ids(reader.find(lights, here, 'tag', 'y')), byTag)
        assert.deepEqual(ids(reader.findAnywhere(lights, 'serial', 'new')), bySerial)
        assert.equal(reader.count(lights, here), 3)
      }
      assert.equal(tx.get(lights, here, 'a'), undefined)
      assert.deepEqual(ids(tx.findAnywhere(lights, 'serial', 'old')), [])
      assert.equal(tx.requireRoom(lights, here, 3), false)
      assert.equal(tx.requireRoom(lights, here, 4), true)
      for (const [value, count] of [
        ['red', 1],
        ['blue', 2],
        ['green', 0],
      ] as const) {
        assert.equal(tx.requireRoomUnder(lights, here, { index: 'colour', value, max: count }), false)
        assert.equal(tx.requireRoomUnder(lights, here, { index: 'colour', value, max: count + 1 }), true)
      }
      tx.delete(lights, here, 'b')
      assert.deepEqual(ids(tx.list(lights, here)), ['c', 'd'])
      assert.equal(tx.count(lights, here), 2)
    },
  ],
  [
    'a marker survives inserts and deletes; prefix, filter and limit narrow a page',
    async ({ open }) => {
      const store = await open()
      await put(
        store,
        ...['a1', 'a2', 'b1', 'b2', 'b3', 'c1'].map((id) => [id, id === 'b2' ? blue : red] as const),
      )
      await store.transact((tx) => tx.delete(lights, here, 'b1'))
      await put(store, ['b11', red])
      const list = (page: Parameters<typeof store.read.list<Light>>[2]) =>
        ids(store.read.list(lights, here, page))
      assert.deepEqual(list({ after: 'a2', limit: 2 }), ['b11', 'b2'])
      assert.deepEqual(list({ after: 'b1' }), ['b11', 'b2', 'b3', 'c1'])
      assert.deepEqual(list({ prefix: 'b' }), ['b11', 'b2', 'b3'])
      assert.deepEqual(list({ prefix: 'b', after: 'b11', limit: 1 }), ['b2'])
      assert.deepEqual(list({ prefix: 'a', after: 'b' }), [])
      assert.deepEqual(list({ where: ({ colour }) => colour === 'red', limit: 4 }), ['a1', 'a2', 'b11', 'b3'])
      assert.deepEqual(list({ limit: 0 }), [])
      assert.deepEqual(ids(store.read.find(lights, here, 'colour', 'red', { after: 'a2', limit: 2 })), [
        'b11',
        'b3',
      ])
    },
  ],
  [
    'ids are data: any text is one, none reaches a prototype, and none collides with another',
    async ({ open }) => {
      const store = await open()
      const odd = [
        '__proto__',
        'constructor',
        'a/b',
        'a',
        'A',
        'ä',
        '😀',
        '\uffff',
        ' ',
        '%00',
        "'; DROP TABLE log",
        'x'.repeat(4096),
      ]
      await put(store, ...odd.map((id) => [id, { colour: id }] as const))
      const again = await open()
      for (const reader of [store.read, again.read]) {
        for (const id of odd) assert.deepEqual(reader.get(lights, here, id), { colour: id })
        for (const id of odd) assert.deepEqual(ids(reader.find(lights, here, 'colour', id)), [id])
        assert.deepEqual(ids(reader.list(lights, here)), odd.toSorted())
        assert.equal(reader.get(lights, here, 'toString'), undefined)
      }
    },
  ],
  [
    'an address that could be mistaken for another is refused, and reading it finds nothing',
    async ({ open }) => {
      const store = await open()
      const tx = store.begin()
      for (const id of ['', 'a\0b', '\ud800', 'x'.repeat(4097)]) {
        assert.throws(() => tx.put(lights, here, id, red), { name: 'AssertionError' })
        assert.equal(tx.get(lights, here, id), undefined)
      }
      for (const account of ['1/2', '1\0', '\udfff']) {
        assert.throws(() => tx.put(lights, { account, region: '' }, 'a', red), { name: 'AssertionError' })
      }
      for (const type of ['', 'a/b', 'ä'])
        assert.throws(() => collection({ service: 's', type }), { name: 'AssertionError' })
      assert.equal(tx.wrote, false)
    },
  ],
  [
    'of two transactions that read the same counter, the later one runs again',
    async ({ open }) => {
      const store = await open()
      let runs = 0
      const one = begun(
        store,
        increment('n', () => runs++),
      )
      const two = begun(
        store,
        increment('n', () => runs++),
      )
      assert.deepEqual(await Promise.all([one(), two()]), [1, 2])
      assert.equal(runs, 3)
      assert.deepEqual(store.read.get(counters, here, 'n'), { value: 2 })
    },
  ],
  [
    'the same between two stores',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      let runs = 0
      const first = begun(
        one,
        increment('n', () => runs++),
      )
      const second = begun(
        two,
        increment('n', () => runs++),
      )
      assert.equal(await first(), 1)
      assert.equal(await second(), 2)
      assert.equal(runs, 3)
    },
  ],
  [
    'transactions that have nothing to do with each other run once',
    async ({ open }) => {
      const store = await open()
      let runs = 0
      const all = Array.from({ length: 50 }, (_, n) =>
        begun(
          store,
          increment(`n${n}`, () => runs++),
        ),
      )
      assert.deepEqual(await Promise.all(all.map((submit) => submit())), Array(50).fill(1))
      assert.equal(runs, 50)
    },
  ],
  ...(
    [
      ['list', (tx) => tx.list(lights, here)],
      ['find', (tx) => tx.find(lights, here, 'colour', 'red')],
      ['findAnywhere', (tx) => tx.findAnywhere(lights, 'serial', 's')],
      ['count', (tx) => Array(tx.count(lights, here)).fill(0)],
    ] as readonly (readonly [string, (tx: Transaction) => readonly unknown[]])[]
  ).map(
    ([name, search]) =>
      [
        `no phantoms: what ${name} did not show cannot appear before the commit`,
        async ({ open }: Given) => {
          for (const [one, two] of [
            await Promise.all([open(), open()]),
            Array<Store>(2).fill(await open()),
          ]) {
            assert.ok(one && two)
            await one.reset([])
            await two.catchUp()
            const addFirst = (id: string) => (tx: Transaction) => {
              if (search(tx).length > 0) return false
              tx.put(lights, here, id, { colour: 'red', serial: 's' })
              return true
            }
            const both = [begun(one, addFirst('a')), begun(two, addFirst('b'))]
            assert.deepEqual(await Promise.all(both.map((submit) => submit())), [true, false])
            await two.catchUp()
            assert.deepEqual(ids(two.read.list(lights, here)), ['a'])
          }
        },
      ] as const,
  ),
  [
    'no write skew: two that each clear what the other read do not both clear',
    async ({ open }) => {
      const store = await open()
      await put(store, ['a', red], ['b', red])
      const clear = (own: string, other: string) => (tx: Transaction) => {
        if (tx.get(lights, here, other)?.colour !== 'red') return false
        tx.put(lights, here, own, blue)
        return true
      }
      const both = [begun(store, clear('a', 'b')), begun(store, clear('b', 'a'))]
      assert.deepEqual(await Promise.all(both.map((submit) => submit())), [true, false])
    },
  ],
  [
    'a quota is exact among many creators in two stores, and below it nobody runs twice',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      let runs = 0
      const create = (id: string) => (tx: Transaction) => {
        runs++
        if (!tx.requireRoom(lights, here, 25)) return false
        tx.put(lights, here, id, red)
        return true
      }
      const creators = (first: number, count: number) =>
        Array.from({ length: count }, (_, n) => begun(n % 2 === 0 ? one : two, create(`${first + n}`)))
      const some = await Promise.all(creators(0, 20).map((submit) => submit()))
      assert.deepEqual([some.filter(Boolean).length, runs], [20, 20])
      const more = await Promise.all(creators(100, 20).map((submit) => submit()))
      assert.equal(more.filter(Boolean).length, 5)
      await Promise.all([one.catchUp(), two.catchUp()])
      assert.deepEqual([one.read.count(lights, here), two.read.count(lights, here)], [25, 25])
    },
  ],
  [
    'a quota under a value of an index is as exact, and those of other values do not count',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      let runs = 0
      const create = (id: string, colour: string) => (tx: Transaction) => {
        runs++
        if (!tx.requireRoomUnder(lights, here, { index: 'colour', value: colour, max: 15 })) return false
        tx.put(lights, here, id, { colour })
        return true
      }
      const creators = (first: number, colour: string) =>
        Array.from({ length: 10 }, (_, n) => begun(n % 2 === 0 ? one : two, create(`${first + n}`, colour)))
      const some = await Promise.all(
        [...creators(0, 'red'), ...creators(50, 'blue')].map((submit) => submit()),
      )
      assert.deepEqual([some.filter(Boolean).length, runs], [20, 20])
      const more = await Promise.all(creators(100, 'red').map((submit) => submit()))
      assert.equal(more.filter(Boolean).length, 5)
    },
  ],
  [
    'a rerun that fails is the failure of its own transaction alone',
    async ({ open }) => {
      const store = await open()
      const once = (id: string) => (tx: Transaction) => {
        if (tx.get(lights, here, 'name')) throw new RangeError('taken')
        tx.put(lights, here, 'half', red)
        tx.put(lights, here, 'name', { colour: id })
        return id
      }
      const all = [begun(store, once('1')), begun(store, once('2')), begun(store, increment('n'))]
      const [first, second, third] = await Promise.allSettled(all.map((submit): Promise<unknown> => submit()))
      assert.deepEqual(first, { status: 'fulfilled', value: '1' })
      assert.ok(second?.status === 'rejected' && second.reason instanceof RangeError)
      assert.deepEqual(third, { status: 'fulfilled', value: 1 })
      assert.equal(store.seq, 2)
    },
  ],
  [
    'when the database fails, all of the group fail, nothing shows, and the next group commits',
    async ({ open, database }) => {
      const [store, other] = [await open(), await open()]
      const heard: Change[] = []
      store.tail((change) => heard.push(change))
      await put(store, ['a', red])
      database.failCommits(true)
      const failing = [
        begun(store, increment('n')),
        begun(store, increment('m')),
        begun(store, increment('n')),
      ]
      const outcomes = await Promise.allSettled(failing.map((submit) => submit()))
      assert.equal(outcomes.length, 3)
      for (const outcome of outcomes)
        assert.ok(outcome.status === 'rejected' && outcome.reason instanceof CommitFailed)
      assert.equal(store.read.count(counters, here), 0)
      assert.deepEqual([store.seq, heard.length], [1, 1])
      database.failCommits(false)
      assert.equal(await store.transact(increment('n')), 1)
      assert.equal(await other.transact(increment('n')), 2)
      assert.deepEqual([other.seq, heard.length], [3, 2])
    },
  ],
  [
    'the tail hears of own and foreign changes, each once, in order, after it shows',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      const heard: string[] = []
      const stop = one.tail(({ seq, changes, records, own }) => {
        const what = changes.map(({ id, before, after }) => {
          assert.deepEqual(one.read.get(lights, here, id), after)
          return `${id}:${(before as Light | undefined)?.colour}>${(after as Light | undefined)?.colour}`
        })
        heard.push(`${seq} ${own ? 'own' : 'foreign'} ${what.join(' ')} ${records.join('|')}`)
      })
      await put(one, ['a', red], ['b', blue])
      await two.transact((tx) => {
        tx.put(lights, here, 'a', blue)
        tx.record('{"n":1}')
        tx.record('{"n":2}')
      })
      await two.transact((tx) => tx.delete(lights, here, 'b'))
      await put(one, ['c', red])
      await one.catchUp()
      stop()
      await put(one, ['d', red])
      assert.deepEqual(heard, [
        '1 own a:undefined>red b:undefined>blue ',
        '2 foreign a:red>blue {"n":1}|{"n":2}',
        '3 foreign b:blue>undefined ',
        '4 own c:undefined>red ',
      ])
    },
  ],
  [
    'records are stored with their change, or on their own, and those of a failed commit never',
    async ({ open, database }) => {
      const store = await open()
      const record = (text: string) => (tx: Transaction) => {
        tx.put(lights, here, 'a', red)
        tx.record(text)
      }
      await store.transact(record('{"n":1}'))
      database.failCommits(true)
      await assert.rejects(store.transact(record('{"n":2}')), CommitFailed)
      database.failCommits(false)
      await put(store, ['b', red])
      await store.transact((tx) => tx.record('{"n":3}'))
      assert.deepEqual(await store.recordsSince(0), [
        { seq: 1, records: ['{"n":1}'] },
        { seq: 3, records: ['{"n":3}'] },
      ])
      assert.deepEqual(await store.recordsSince(1), [{ seq: 3, records: ['{"n":3}'] }])
      assert.throws(() => store.begin().record('{}\n{}'), { name: 'AssertionError' })
    },
  ],
  [
    'a replica that the log no longer reaches loads what it lacks, and the tail hears the difference',
    async ({ open }) => {
      const [one, two, three] = [await open(), await open(), await open()]
      await put(one, ['gone', red], ['same', red], ['changed', red])
      await Promise.all([two.catchUp(), three.catchUp()])
      const heard: Change[] = []
      two.tail((change) => heard.push(change))
      await one.transact((tx) => tx.delete(lights, here, 'gone'))
      await put(one, ['changed', blue], ['new', blue])
      await Promise.all(Array.from({ length: 1100 }, () => begun(one, increment('n'))()))
      await one.transact(increment('n'))
      await two.catchUp()
      assert.equal(await three.transact(increment('n')), 1102) // Under the lock, the same.
      assert.equal(heard.length, 1)
      const change = heard[0]
      assert.ok(change)
      assert.equal(change.seq, one.seq)
      assert.deepEqual(change.changes.map(({ id, before, after }) => [id, before, after]).toSorted(byId), [
        ['changed', red, blue],
        ['gone', red, undefined],
        ['n', undefined, { value: 1101 }],
        ['new', undefined, blue],
      ])
      await Promise.all([one.catchUp(), two.catchUp()])
      assert.deepEqual(two.snapshot(), one.snapshot())
      assert.deepEqual(three.snapshot(), one.snapshot())
    },
  ],
  [
    'a reset replaces all documents in one change',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      await put(one, ['a', red], ['b', red])
      await one.transact(increment('n'))
      const saved = one.snapshot()
      await put(one, ['b', blue], ['c', red])
      await two.catchUp()
      const heard: Change[] = []
      two.tail((change) => heard.push(change))
      const [before, after] = [begun(one, increment('m')), begun(one, increment('n'))]
      await Promise.all([before(), one.reset(saved), after()]) // One group: what came before goes, what comes after stays.
      await two.catchUp()
      assert.equal(two.read.get(counters, here, 'm'), undefined)
      assert.deepEqual(two.read.get(counters, here, 'n'), { value: 2 })
      assert.deepEqual(ids(two.read.find(lights, here, 'colour', 'red')), ['a', 'b'])
      assert.deepEqual([heard.length, heard[1]?.changes.length], [3, 5])
      await two.reset([])
      await one.catchUp()
      assert.deepEqual(one.snapshot(), [])
      assert.deepEqual((await open()).snapshot(), [])
    },
  ],
  [
    'what changes nothing leaves no entry in the log',
    async ({ open }) => {
      const store = await open()
      await store.transact((tx) => tx.get(lights, here, 'a'))
      await store.transact((tx) => tx.delete(lights, here, 'a'))
      await store.transact((tx) => {
        tx.put(lights, here, 'a', red)
        tx.delete(lights, here, 'a')
      })
      const conflicting = [
        begun(store, increment('n')),
        begun(store, (tx) => tx.get(counters, here, 'n')?.value),
      ]
      assert.deepEqual(await Promise.all(conflicting.map((submit) => submit())), [1, 1])
      assert.equal(store.seq, 1)
    },
  ],
  [
    'a transaction is over once it is submitted',
    async ({ open }) => {
      const store = await open()
      const tx = store.begin()
      tx.put(lights, here, 'a', red)
      const done = store.submit(tx, 'answer', () => 'again')
      assert.throws(() => tx.put(lights, here, 'b', red), { name: 'AssertionError' })
      assert.throws(() => tx.record('{}'), { name: 'AssertionError' })
      assert.throws(() => void store.submit(tx, 'answer', () => 'again'), { name: 'AssertionError' })
      assert.equal(await done, 'answer')
    },
  ],
  [
    'what JSON would not give back is refused, and nobody can change a document in place',
    async ({ open }) => {
      const store = await open()
      const tx = store.begin()
      for (const odd of [
        new Date(0),
        Number.NaN,
        Number.POSITIVE_INFINITY,
        -0,
        [undefined],
        new Map(),
        () => 1,
        1n,
        Symbol('x'),
      ]) {
        assert.throws(() => tx.put(collection<object>({ service: 's', type: 't' }), here, 'a', { odd }), {
          name: 'AssertionError',
        })
      }
      const given = { colour: 'red', tags: ['x'] }
      await put(store, ['a', given])
      const kept = store.read.get(lights, here, 'a')
      assert.throws(() => given.tags.push('y'), TypeError)
      assert.throws(() => Object.assign(kept ?? {}, { colour: 'blue' }), TypeError)
    },
  ],
  [
    'noted reads hold until one of them would read otherwise',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      await put(one, ['a', red])
      const noted = one.noteReads()
      noted.reader.get(lights, here, 'a')
      noted.reader.find(lights, here, 'colour', 'blue')
      assert.equal(noted.hold(), true)
      await put(two, ['b', red])
      await one.catchUp()
      assert.equal(noted.hold(), true)
      await put(two, ['b', blue])
      await one.catchUp()
      assert.equal(noted.hold(), false)
      assert.equal(noted.hold(), false)
    },
  ],
  [
    'a listener that fails is reported, and the others still hear',
    async ({ open }) => {
      const bugs: unknown[] = []
      const store = await open({ onBug: (error) => bugs.push(error) })
      const bug = new Error('a bug')
      let heard = 0
      store.tail(() => {
        throw bug
      })
      store.tail(() => heard++)
      await put(store, ['a', red])
      assert.deepEqual([bugs, heard], [[bug], 1])
    },
  ],
  [
    'whoever catches up while others do, or while a commit is under way, hears of each change once',
    async ({ open }) => {
      const [one, two] = [await open(), await open()]
      const heard: string[] = []
      two.tail(({ seq, own }) => {
        heard.push(`${seq} ${own ? 'own' : 'foreign'}`)
        void two.catchUp() // In the midst of a group that is being applied.
      })
      await Promise.all([begun(one, increment('a'))(), begun(one, increment('b'))()])
      const commits = Promise.all([begun(two, increment('c'))(), begun(two, increment('d'))()])
      for (let n = 0; n < 20; n++) {
        await Promise.all([two.catchUp(), two.catchUp(), n % 3 === 0 ? nextTurn() : undefined])
      }
      await commits
      await one.transact(increment('e'))
      await Promise.all([two.catchUp(), two.catchUp()])
      assert.deepEqual(heard, ['1 foreign', '2 foreign', '3 own', '4 own', '5 foreign'])
    },
  ],
  [
    'a listener may write',
    async ({ open }) => {
      const store = await open()
      const written: Promise<number>[] = []
      const stop = store.tail(() => written.push(store.transact(increment('followed'))))
      await Promise.all([begun(store, increment('a'))(), begun(store, increment('b'))()])
      stop()
      assert.deepEqual(await Promise.all(written), [1, 2])
    },
  ],
  [
    'closing commits what was submitted',
    async ({ open }) => {
      const store = await open()
      const waiting = Promise.all([begun(store, increment('n'))(), begun(store, increment('n'))()])
      await store.close()
      assert.deepEqual(await waiting, [1, 2])
      assert.deepEqual((await open()).read.get(counters, here, 'n'), { value: 2 })
      assert.throws(() => begun(store, increment('n'))(), { name: 'AssertionError' })
    },
  ],
  [
    'an index is found by its own reach only, and a type is declared once',
    async ({ open }) => {
      const { read } = await open()
      read.find(lights, here, 'colour', 'red')
      const twin = collection<Light>({ service: 'test', type: 'light', indexes: { colour: () => 'red' } })
      for (const mistake of [
        () => read.find(lights, here, 'hue', 'red'),
        () => read.find(lights, here, 'serial', 'x'),
        () => read.findAnywhere(lights, 'colour', 'red'),
        () => read.find(lights, here, 'constructor', 'x'),
        () => read.find(twin, here, 'colour', 'red'),
      ]) {
        assert.throws(mistake, { name: 'AssertionError' })
      }
    },
  ],
]

let ran = 0
for (const [name, create] of databases) {
  for (const [sentence, check] of behaviours) {
    test(`${name}: ${sentence}`, async () => {
      const database = create(100)
      const opened: Store[] = []
      const open = async (options?: StoreOptions) => {
        const store = await database.open(options)
        opened.push(store)
        return store
      }
      await check({ database, open })
      ran++
      await database.dispose()
    })
  }
}

test('every behaviour ran on every database', () => {
  assert.equal(behaviours.length, 31)
  assert.equal(ran, behaviours.length * databases.length)
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  allDetectors,
  builtInLists,
  createDetection,
  createListings,
  readCloudTrail,
  unknownSurroundings,
} from '#engines/detect/index.ts'
import { createPatternSet, parsePattern } from '#engines/events/index.ts'
import { addressSet } from '#engines/waf/index.ts'
import { rememberAll } from '../detect/entities.ts'
import { cloudTrailTexts } from '../detect/workload.ts'
import { events, mixedRules } from '../events-workload.ts'
import { webACL, world } from '../waf-acl.ts'
import { browserGet, plainRules } from '../waf/workload.ts'
import type { Subject } from './subject.ts'

const distinct = 512
const readAtMs = Date.UTC(2026, 1, 1)
const requests = Array.from({ length: distinct }, (_, number) => browserGet(number))
const threatLists = new URL('../../data/threat-lists/', import.meta.url)

/** What traffic and records are asked about: rules of web ACLs, addresses, event rules, what detectors remember. */
export const ruleSubjects: readonly Subject[] = [
  {
    what: 'rules of a web ACL',
    operation: 'inspecting a GET',
    counts: [10, 100, 1_000],
    make(count) {
      const set = addresses(100)
      const around = { ...world, addressSet: () => set, locate: () => ({ country: 'HU', region: 'BU' }) }
      const acl = webACL('growing', plainRules(count), around)
      return inspecting((request) => acl.inspect(request, 0))
    },
  },
  {
    what: 'addresses of an IP set',
    operation: 'inspecting a GET',
    counts: [100, 1_000, 10_000],
    make(count) {
      const set = addresses(count)
      const acl = webACL('growing', plainRules(1), { ...world, addressSet: () => set })
      return inspecting((request) => acl.inspect(request, 0))
    },
  },
  {
    what: 'rules of an event bus',
    operation: 'matching an event',
    counts: [10, 100, 1_000],
    make(count) {
      const set = createPatternSet(
        mixedRules.slice(0, count).map((rule, value) => {
          const parsed = parsePattern(rule)
          assert.ok(parsed.ok, rule)
          return { pattern: parsed.pattern, value }
        }),
      )
      const read = events.map((event) => JSON.parse(event) as unknown)
      let turn = 0
      return { run: () => set.match(read[(turn += 1) % read.length]) }
    },
  },
  {
    what: 'entities that detectors remember',
    operation: 'a CloudTrail record',
    counts: [500, 5_000, 50_000],
    make(count) {
      const detection = createDetection({
        detectors: allDetectors,
        surroundings: {
          ...unknownSurroundings,
          ...createListings(builtInLists((file) => readFileSync(new URL(file, threatLists), 'utf8'))),
        },
        onFault: (name, error) => {
          throw new Error(`${name} failed`, { cause: error })
        },
      })
      rememberAll(detection, count / 4)
      const records = cloudTrailTexts(distinct, 100).flatMap((text) =>
        readCloudTrail(text, readAtMs).flatMap((read) => ('record' in read ? [read.record] : [])),
      )
      assert.equal(records.length, distinct)
      let turn = 0
      return {
        run() {
          turn += 1
          const record = records[turn % distinct]
          // What has come before is known and costs nothing.
          if (record) detection.see('cloudTrail', { ...record, eventID: `again-${turn}` })
        },
      }
    },
  },
]

function addresses(count: number) {
  const set = addressSet(
    Array.from({ length: count }, (_, n) => `198.${18 + (n >> 13)}.${(n >> 5) & 255}.${(n & 31) * 8}/30`),
  )
  assert.ok(set.ok)
  return set.value
}

function inspecting(inspect: (request: (typeof requests)[number]) => { readonly action: object }) {
  let turn = 0
  return {
    run() {
      const request = requests[(turn += 1) % distinct]
      return request && inspect(request)
    },
  }
}

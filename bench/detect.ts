/**
 * Records a second through all detectors, on one core, from their text: CloudTrail's records, lines of flow logs, queries of a resolver; beside them
 * what reading alone takes, and sigma-rust with rules of ours. Then the memory of detection that remembers 100,000 principals, machines and clients, and
 * that of one whose every memory is full.
 * `BENCH_SECONDS=0.3 node bench/detect.ts` for a quick look; `DETECT_RECORDS` is how many texts there are of each kind.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  allDetectors,
  builtInLists,
  createDetection,
  createFlowReader,
  createListings,
  type Detection,
  readCloudTrail,
  readDnsQuery,
  type Surroundings,
  unknownSurroundings,
} from '#engines/detect/index.ts'
import { calibration } from './calibration.ts'
import { rememberAll } from './detect/entities.ts'
import { ruleCount, sigmaRust } from './detect/peer.ts'
import { cloudTrailTexts, dnsTexts, flowTexts } from './detect/workload.ts'
import { goalTable } from './goals.ts'
import { table } from './table.ts'

const secondsEach = Number(process.env['BENCH_SECONDS'] ?? 3)
const records = Number(process.env['DETECT_RECORDS'] ?? 200_000)
const rounds = 3
const entities = 100_000
const people = 500
const nowMs = Date.UTC(2026, 1, 1)

const folder = new URL('../data/threat-lists/', import.meta.url)
const surroundings: Surroundings = {
  ...unknownSurroundings,
  ...createListings(builtInLists((file) => readFileSync(new URL(file, folder), 'utf8'))),
  isOwnAccount: (account) => account === '111122223333',
}

/**
 * Each record is seen once: what comes twice would be known and cost nothing. So every round begins anew, with the same texts. What is counted is the
 * process's time on processors, garbage collection included: others may be at work on the machine.
 */
function perSecond(texts: readonly string[], begin: () => (text: string) => void): number {
  let best = 0
  for (let round = 0; round < rounds; round += 1) {
    const see = begin()
    const untilMs = performance.now() + (secondsEach * 1000) / rounds
    const begun = process.cpuUsage()
    let seen = 0
    while (seen < texts.length && (seen % 1000 !== 0 || performance.now() < untilMs)) see(texts[seen++] ?? '')
    const { user, system } = process.cpuUsage(begun)
    best = Math.max(best, (seen / (user + system)) * 1e6)
  }
  return best
}

let signals = 0
function detection(): Detection {
  const onFault = (name: string, error: unknown): never => {
    throw new Error(`${name} failed`, { cause: error })
  }
  return createDetection({ detectors: allDetectors, surroundings, onFault })
}

const cloudTrail = cloudTrailTexts(records, people)
const flow = flowTexts(records, people)
const dns = dnsTexts(records, people)

function seeCloudTrail(): (text: string) => void {
  const { see } = detection()
  return (text) => {
    for (const read of readCloudTrail(text, nowMs))
      if ('record' in read) signals += see('cloudTrail', read.record).length
  }
}

function flowReader() {
  const reader = createFlowReader(flow.format, nowMs)
  if (reader === undefined) throw new Error('the format is one of flow logs')
  return reader
}

function seeFlow(): (line: string) => void {
  const { see } = detection()
  const { read } = flowReader()
  return (line) => {
    const said = read(line)
    if ('record' in said) signals += see('flow', said.record).length
  }
}

function seeDns(): (text: string) => void {
  const { see } = detection()
  return (text) => {
    const read = readDnsQuery(text, nowMs)
    if ('record' in read) signals += see('dns', read.record).length
  }
}

console.log(`${allDetectors.length} detectors, ${records} texts of each kind; ${calibration('before')}`)
const parse = (): ((text: string) => void) => (text) => void JSON.parse(text)
const measured = {
  cloudTrail: perSecond(cloudTrail, seeCloudTrail),
  cloudTrailRead: perSecond(cloudTrail, () => (text) => void readCloudTrail(text, nowMs)),
  cloudTrailParse: perSecond(cloudTrail, parse),
  flow: perSecond(flow.lines, seeFlow),
  flowRead: perSecond(flow.lines, () => {
    const { read } = flowReader()
    return (line) => void read(line)
  }),
  dns: perSecond(dns, seeDns),
  dnsRead: perSecond(dns, () => (text) => void readDnsQuery(text, nowMs)),
  dnsParse: perSecond(dns, parse),
}
const peer = await sigmaRust(cloudTrail.slice(0, 20_000), { rounds, roundMs: (secondsEach * 1000) / rounds })
if (typeof peer !== 'number') console.log(`NOT MEASURED ${peer.missing}`)

function row(name: string, rate: number, parsed?: number): readonly string[] {
  const shown = Math.round(rate).toLocaleString('en')
  return [
    name,
    shown,
    (1e6 / rate).toFixed(2),
    parsed === undefined ? '–' : `${(parsed / rate).toFixed(2)} ×`,
  ]
}
console.log(`${calibration('after')}; ${signals} signals of a quiet day\n`)
console.log(
  table(
    ['from text, one core', 'records/s', 'µs each', 'of JSON.parse'],
    [
      row('CloudTrail, all detectors', measured.cloudTrail, measured.cloudTrailParse),
      row('CloudTrail, read and checked', measured.cloudTrailRead, measured.cloudTrailParse),
      row('CloudTrail, JSON.parse alone', measured.cloudTrailParse, measured.cloudTrailParse),
      ...(typeof peer === 'number'
        ? [row(`CloudTrail, sigma-rust, ${ruleCount} rules`, peer, measured.cloudTrailParse)]
        : []),
      row('flow lines, all detectors', measured.flow),
      row('flow lines, read and checked', measured.flowRead),
      row('DNS queries, all detectors', measured.dns, measured.dnsParse),
      row('DNS queries, read and checked', measured.dnsRead, measured.dnsParse),
      row('DNS queries, JSON.parse alone', measured.dnsParse, measured.dnsParse),
    ],
  ),
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void // As the flag says.
function heapBytes(): number {
  collect()
  return process.memoryUsage().heapUsed
}
/** Of so many entities of each of the four sources. */
function memory(ofEach: number): { readonly mebibytes: number; readonly remembered: number } {
  const before = heapBytes()
  const full = detection()
  rememberAll(full, ofEach)
  const mebibytes = (heapBytes() - before) / 2 ** 20
  const memories = Object.values(full.state().memories)
  return { mebibytes, remembered: memories.reduce((sum, { length }) => sum + length, 0) }
}
detection() // What is made once is made before.
const shared = memory(entities / 4)
const worst = memory(entities)
const shownMemory = (what: string, { mebibytes, remembered }: typeof shared): string =>
  `${what}: ${mebibytes.toFixed(0)} MiB for ${remembered.toLocaleString('en')} memories`
console.log(`\n${shownMemory('100,000 entities, a quarter of each source', shared)}`)
console.log(`${shownMemory('100,000 entities of each source, and of each detector', worst)}\n`)

console.log(
  goalTable([
    { what: 'CloudTrail, all detectors', atLeast: 80_000, measured: measured.cloudTrail, unit: ' a second' },
    { what: 'flow lines, all detectors', atLeast: 300_000, measured: measured.flow, unit: ' a second' },
    { what: 'DNS queries, all detectors', atLeast: 200_000, measured: measured.dns, unit: ' a second' },
    { what: 'memory with 100,000 entities', atMost: 500, measured: shared.mebibytes, unit: ' MiB' },
  ]),
)

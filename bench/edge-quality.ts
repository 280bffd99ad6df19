/**
 * What web application firewalls block of a corpus of attacks and benign requests, each sent raw over a connection of its own: Redoubt's
 * edge with every managed rule group, nginx with ModSecurity, Go with Coraza. The corpus is named by ATTACK_CORPUS (JSON lines,
 * gzipped); without it nothing is measured. A block is status 403 or a connection closed without an answer; what a parser refuses
 * (400, 405, 413 …) stands apart.
 */
import { existsSync } from 'node:fs'
import { corazaName, goProxies, nginx, startOrigin } from './edge/peers.ts'
import { type Answer, sendRaw } from './edge/raw.ts'
import { managedName, redoubtDoors } from './edge/redoubt.ts'
import { goalTable } from './goals.ts'
import type { Contender } from './http/contenders.ts'
import { type CorpusRequest, readCorpus } from './injection-requests.ts'
import { table } from './table.ts'
import { bytesOf } from './waf-requests.ts'

/** What became of the requests of one class. */
interface Tally {
  readonly expect: 'block' | 'pass'
  sent: number
  blocked: number
  refused: number
}

/** Requests under way at a time. */
const concurrency = 8

/** Prints a table of classes, and what it comes to. */
export async function run(): Promise<void> {
  const file = process.env['ATTACK_CORPUS']
  if (file === undefined || !existsSync(file)) {
    console.log('NOT MEASURED: no corpus of attacks; name one in ATTACK_CORPUS.')
    return
  }
  const requests = readCorpus(file)
  const origin = await startOrigin()
  const started: Contender[] = []
  try {
    // The only door, so that it is asked whatever host an attack names.
    const doors = await redoubtDoors(origin.port, [managedName])
    started.push(...doors)
    const made = [
      ...doors.filter(({ name }) => name === managedName),
      ...(await goProxies(origin.port)),
      await nginx(origin.port, true),
    ]
    const tallies = new Map<string, ReadonlyMap<string, Tally>>()
    for (const one of made) {
      if ('missing' in one) {
        console.log(`NOT MEASURED ${one.missing}`)
        continue
      }
      if (!started.includes(one)) started.push(one)
      if (one.name === managedName || one.name === corazaName || one.name.includes('ModSecurity'))
        tallies.set(one.name, await judge(one, requests))
    }
    print(tallies)
  } finally {
    for (const one of started) await one.end()
    await origin.end()
  }
}

async function judge(
  contender: Contender,
  requests: readonly CorpusRequest[],
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>()
  const waiting = [...requests]
  const worker = async (): Promise<void> => {
    for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
      const { class: name, expect } = request
      const key = `${expect === 'block' ? 'attack' : 'benign'}: ${name}`
      const tally = tallies.get(key) ?? { expect, sent: 0, blocked: 0, refused: 0 }
      tallies.set(key, tally)
      const answer = await sendRaw(contender.port, bytesOf(request))
      tally.sent += 1
      if (isBlocked(answer)) tally.blocked += 1
      else if (isRefused(answer)) tally.refused += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return tallies
}

const isBlocked = (answer: Answer): boolean => answer === 403 || answer === 'closed'
const isRefused = (answer: Answer): boolean =>
  typeof answer === 'number' &&
  ((answer >= 400 && answer < 432 && answer !== 403) || answer === 501 || answer === 505)

function print(tallies: ReadonlyMap<string, ReadonlyMap<string, Tally>>): void {
  const names = [...tallies.keys()]
  const classes = [...(tallies.values().next().value?.keys() ?? [])].sort()
  const cell = (tally: Tally | undefined): string =>
    tally === undefined ? '–' : `${percent(tally.blocked, tally.sent)} (+${tally.refused} refused)`
  const rows = classes.map((name) => [
    name,
    String(tallies.values().next().value?.get(name)?.sent ?? 0),
    ...names.map((contender) => cell(tallies.get(contender)?.get(name))),
  ])
  const totals = (['block', 'pass'] as const).map((expect) => [
    expect === 'block' ? 'all attacks' : 'all benign',
    String(sum(tallies.values().next().value, expect).sent),
    ...names.map((contender) => cell(sum(tallies.get(contender), expect))),
  ])
  console.log(table(['blocked', 'requests', ...names], [...rows, ...totals]))
  const own = tallies.get(managedName)
  const [attacks, benign] = [sum(own, 'block'), sum(own, 'pass')]
  console.log(
    `\n${goalTable([
      {
        what: 'attacks blocked (refused ones count too)',
        atLeast: 95,
        measured: (100 * (attacks.blocked + attacks.refused)) / attacks.sent,
        unit: ' %',
      },
      {
        what: 'benign requests blocked or refused',
        atMost: 1,
        measured: (100 * (benign.blocked + benign.refused)) / benign.sent,
        unit: ' %',
      },
    ])}`,
  )
}

function sum(tallies: ReadonlyMap<string, Tally> | undefined, expect: 'block' | 'pass'): Tally {
  const all: Tally = { expect, sent: 0, blocked: 0, refused: 0 }
  for (const tally of tallies?.values() ?? []) {
    if (tally.expect !== expect) continue
    all.sent += tally.sent
    all.blocked += tally.blocked
    all.refused += tally.refused
  }
  return all
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
}

if (import.meta.main) await run()

/**
 * Authorization decisions a second on one core, ours and the peers', in one run on one workload. Ours is measured
 * before and after the peers, and the faster counts: the machine may be busy at one of the times.
 */
import { loadavg } from 'node:os'
import {
  compile,
  decide,
  parsePolicy,
  type NamedPolicy,
  type PolicySet,
  type Request,
} from '#engines/policy/index.ts'
import { calibration } from './calibration.ts'
import { best, cedarGo, cedarWasm, type Rates } from './decide-peers.ts'
import { alike, asIam, policies, principals, questions, rules, type Rule } from './decide-workload.ts'
import { goalTable } from './goals.ts'

const account = '123456789012'
/** Of ours, before and after the peers each. The peers' are as many in all, but for the slowest one's. */
const rounds = 8
const roundMs = 250

/** Prints a table; throws where any engine answers any question wrong. */
export async function run(): Promise<{ readonly ours: Rates; readonly missing: readonly string[] }> {
  const [allowedFive, allowedHundred] = [
    questions.filter(({ wantFive }) => wantFive).length,
    questions.filter(({ wantHundred }) => wantHundred).length,
  ]
  console.log(
    `decide: ${policies} policies, ${principals} principals, ${questions.length} questions ` +
      `(${allowedFive} and ${allowedHundred} allowed), best of ${2 * rounds} rounds, load ${loadavg()[0]?.toFixed(2)}`,
  )
  console.log(calibration('before'))
  const before = redoubt()
  const peers = {
    'cedar-go 1.9.0': await cedarGo(2 * rounds, roundMs),
    'cedar-wasm 4.13.0': await cedarWasm(4, roundMs),
  }
  const ours = faster(before, redoubt())

  const row = (name: string, { fiveOfHundred, fiveAlone, hundred, alike }: Rates): void => {
    const cells = [fiveOfHundred ?? fiveAlone, fiveAlone, hundred, alike]
    console.log(`  ${name.padEnd(20)}${cells.map((rate) => shown(rate).padStart(26)).join('')}`)
  }
  console.log(
    `  ${'decisions a second'.padEnd(20)}${['5 of 100 apply', '5 in a set of their own', 'all 100 apply', 'all 100, no bucket named'].map((head) => head.padStart(26)).join('')}`,
  )
  row('redoubt', ours)
  const missing: string[] = []
  for (const [name, rates] of Object.entries(peers)) {
    if ('missing' in rates) {
      missing.push(rates.missing)
      console.log(`  NOT MEASURED ${name}: ${rates.missing}`)
    } else row(name, rates)
  }
  console.log(calibration('after'))
  const go = peers['cedar-go 1.9.0']
  const unit = ' a second'
  const goals = [
    { what: '5 policies apply', atLeast: 1_000_000, measured: ours.fiveAlone, unit },
    { what: 'all 100 apply', atLeast: 300_000, measured: ours.hundred, unit },
    {
      // 1,000,000 where cedar-go decides 77,000 with all hundred policies in its set.
      what: "5 policies apply, of cedar-go's 5 of 100",
      atLeast: 13,
      measured:
        'missing' in go || !ours.fiveAlone || !go.fiveOfHundred
          ? undefined
          : ours.fiveAlone / go.fiveOfHundred,
      unit: ' ×',
    },
  ]
  console.log(`\n${goalTable(goals)}`)
  return { ours, missing }
}

/** A caller's policies are a set of their own here: that is how the authorizer compiles them. */
function redoubt(): Rates {
  const named = (rules: readonly Rule[]): readonly NamedPolicy[] =>
    rules.map((rule) => {
      const parsed = parsePolicy(asIam(rule), 'identity')
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
      return { name: rule.id, policy: parsed.policy }
    })
  const own = new Map<string, PolicySet>()
  for (const { principal } of rules) {
    own.set(principal, compile(named(rules.filter((rule) => rule.principal === principal))))
  }
  const requests = questions.map(({ principal, action, bucket, key, team, mfa }): Request => ({
    principal: { kind: 'user', arn: `arn:aws:iam::${account}:user/${principal}`, account },
    action: `s3:${action}`,
    resource: `arn:aws:s3:::${bucket}/${key}`,
    resourceAccount: account,
    context: new Map([
      ['aws:principaltag/team', team],
      ['aws:multifactorauthpresent', String(mfa)],
      ['aws:username', principal],
      ['aws:sourceip', '203.0.113.7'],
    ]),
  }))
  const layersOfFive = questions.map(({ principal }) => ({ identity: own.get(principal) }))
  const layersOfAll = { identity: compile(named(rules)) }
  const layersOfAlike = { identity: compile(named(alike)) }
  const ask =
    (layers: (index: number) => { readonly identity: PolicySet | undefined }) => (index: number) => {
      const request = requests[index]
      if (request === undefined) throw new Error('no such question')
      return decide(request, layers(index)).decision === 'Allow'
    }
  return {
    fiveOfHundred: undefined,
    fiveAlone: best(
      rounds,
      roundMs,
      ask((index) => layersOfFive[index] ?? layersOfAll),
      ({ wantFive }) => wantFive,
    ),
    hundred: best(
      rounds,
      roundMs,
      ask(() => layersOfAll),
      ({ wantHundred }) => wantHundred,
    ),
    alike: best(
      rounds,
      roundMs,
      ask(() => layersOfAlike),
      ({ wantAlike }) => wantAlike,
    ),
  }
}

function faster(one: Rates, other: Rates): Rates {
  const of = (name: keyof Rates): number | undefined =>
    one[name] === undefined ? undefined : Math.max(one[name], other[name] ?? 0)
  return {
    fiveOfHundred: of('fiveOfHundred'),
    fiveAlone: of('fiveAlone'),
    hundred: of('hundred'),
    alike: of('alike'),
  }
}

function shown(rate: number | undefined): string {
  return rate === undefined ? '–' : Math.round(rate).toLocaleString('en')
}

if (import.meta.main) await run()

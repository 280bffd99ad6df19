/** The peers of the decision benchmark. Each answers every question right or the run fails; a missing one says why. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  alike,
  asCedar,
  cedarEntities,
  principals,
  questions,
  rules,
  type Question,
} from './decide-workload.ts'

/** Units: decisions a second, the best round. `undefined` where the case was not measured. */
export interface Rates {
  /** The caller's five policies apply, of a hundred in one set. */
  readonly fiveOfHundred: number | undefined
  /** The caller's five policies apply, in a set of their own. */
  readonly fiveAlone: number | undefined
  readonly hundred: number | undefined
  /** All hundred apply, and no policy names a bucket. */
  readonly alike: number | undefined
}

const run = promisify(execFile)
const texts = {
  scoped: rules.map((rule) => asCedar(rule, true)).join('\n'),
  unscoped: rules.map((rule) => asCedar(rule, false)).join('\n'),
  alike: alike.map((rule) => asCedar(rule, false)).join('\n'),
} as const
const buildTimeoutMs = 300_000

/** Builds and runs the Go program in `peers/cedar-go`. */
export async function cedarGo(
  rounds: number,
  roundMs: number,
): Promise<Rates | { readonly missing: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'redoubt-cedar-go-'))
  const program = join(folder, 'decide')
  try {
    await run('go', ['build', '-o', program, '.'], {
      cwd: join(import.meta.dirname, 'peers/cedar-go'),
      timeout: buildTimeoutMs,
    })
  } catch (reason) {
    await rm(folder, { recursive: true })
    return {
      missing: `cedar-go did not build: ${reason instanceof Error ? reason.message.split('\n')[0] : 'unknown'}`,
    }
  }
  try {
    const own = Object.fromEntries(
      Array.from({ length: principals }, (_, index) => `user${index}`).map((name) => [
        name,
        rules
          .filter(({ principal }) => principal === name)
          .map((rule) => asCedar(rule, true))
          .join('\n'),
      ]),
    )
    const workload = {
      ...texts,
      own,
      entities: cedarEntities,
      questions,
      rounds,
      roundMs,
    }
    const child = run(program, [], { maxBuffer: 1 << 20, env: { ...process.env, GOMAXPROCS: '1' } })
    child.child.stdin?.end(JSON.stringify(workload))
    const { stdout } = await child
    // The program is ours, next door, and writes exactly this.
    return JSON.parse(stdout) as Rates
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Cedar's own engine, compiled to WebAssembly, with its policy sets parsed beforehand. */
export async function cedarWasm(
  rounds: number,
  roundMs: number,
): Promise<Rates | { readonly missing: string }> {
  const cedar = await import('@cedar-policy/cedar-wasm/nodejs').catch((reason: unknown) => String(reason))
  if (typeof cedar === 'string') return { missing: `cedar-wasm did not load: ${cedar}` }
  for (const [id, staticPolicies] of Object.entries(texts)) {
    const parsed = cedar.preparsePolicySet(id, { staticPolicies })
    if (parsed.type !== 'success')
      throw new Error(`cedar-wasm refused the policies: ${JSON.stringify(parsed)}`)
  }
  const entities = cedarEntities.map((entity) => ({ ...entity, attrs: {} }))
  const calls = questions.map(({ principal, action, bucket, key, team, mfa }) => ({
    principal: { type: 'User', id: principal },
    action: { type: 'Action', id: action },
    resource: { type: 'Object', id: 'object' },
    context: { arn: `arn:aws:s3:::${bucket}/${key}`, team, mfa },
    entities,
  }))
  const decide = (id: keyof typeof texts) => (index: number) => {
    const call = calls[index]
    if (call === undefined) throw new Error('no such question')
    const answer = cedar.statefulIsAuthorized({ ...call, preparsedPolicySetId: id })
    if (answer.type !== 'success') throw new Error(`cedar-wasm: ${JSON.stringify(answer)}`)
    return answer.response.decision === 'allow'
  }
  return {
    fiveOfHundred: best(rounds, roundMs, decide('scoped'), ({ wantFive }) => wantFive),
    fiveAlone: undefined,
    hundred: best(rounds, roundMs, decide('unscoped'), ({ wantHundred }) => wantHundred),
    alike: best(rounds, roundMs, decide('alike'), ({ wantAlike }) => wantAlike),
  }
}

/** The best of some rounds, every answer compared with the expected one. Units: decisions a second. */
export function best(
  rounds: number,
  roundMs: number,
  decide: (index: number) => boolean,
  want: (question: Question) => boolean,
): number {
  const wanted = questions.map(want)
  let fastest = 0
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    let asked = 0
    let elapsedMs = 0
    while (elapsedMs < roundMs) {
      for (let index = 0; index < wanted.length; index += 1) {
        if (decide(index) !== wanted[index]) throw new Error(`wrong answer to question ${index}`)
      }
      asked += wanted.length
      elapsedMs = performance.now() - start
    }
    fastest = Math.max(fastest, (asked / elapsedMs) * 1000)
  }
  return fastest
}

// Goal: the engine, which compiles, indexes and remembers, means the same as the model, which a person can read.
// Method: random worlds and calls from a printed seed (POLICY_SEED repeats one); every answer with its reason must
// agree, and every kind of answer, caller and operator must have occurred often enough to have been compared.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import {
  compile,
  decide,
  explain,
  parsePolicy,
  type Layers,
  type PolicyKind,
  type PolicySet,
  type Verdict,
} from '#engines/policy/index.ts'
import { callers, Generator, operatorsGenerated, seeded, type World } from './generator.ts'
import { answer, type Document, type Given } from './model.ts'

const worlds = 22_000
const callsPerWorld = 5

/** The least number of times that each answer must have been given, of 110,000. */
const occursAtLeast: Readonly<Record<string, number>> = {
  'Allow by identity': 2000,
  'Allow by resource': 2000,
  'Allow: root': 1000,
  'Deny by identity': 2000,
  'Deny by boundary': 500,
  'Deny by session': 500,
  'Deny by scp': 500,
  'Deny by rcp': 500,
  'Deny by resource': 2000,
  'Deny: no identity': 2000,
  'Deny: no boundary': 500,
  'Deny: no session': 1000,
  'Deny: no scp': 1000,
  'Deny: no resource': 1000,
}

test('the engine and the model agree on every random case', (t) => {
  const seed = Number(process.env.POLICY_SEED ?? randomInt(2 ** 31))
  t.diagnostic(`POLICY_SEED=${seed}`)
  const generator = new Generator(seeded(seed))
  const answers = new Map<string, number>()
  const seen = new Map<string, number>()
  const count = (counts: Map<string, number>, key: string): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }

  for (let world = 0; world < worlds; world += 1) {
    const made = generator.world()
    const layers = compiled(made)
    for (const [, name] of JSON.stringify(made.given).matchAll(/"(?:For\w+:)?(\w+?)(?:IfExists)?":\{/g)) {
      count(seen, name ?? '')
    }
    for (let index = 0; index < callsPerWorld; index += 1) {
      const { caller, call } = generator.call(made.trust)
      const request = { ...call, principal: caller.engine, context: new Map(Object.entries(call.context)) }
      const verdict = decide(request, layers)
      const want = answer(call, made.given)
      if (written(verdict) !== want) {
        const shown = JSON.stringify({ call, given: made.given }, null, 1)
        assert.fail(`POLICY_SEED=${seed}: the engine says ${written(verdict)}, the model ${want}\n${shown}`)
      }
      if (index === 0) assert.deepEqual(explain(request, layers).verdict, verdict)
      count(answers, want)
      count(seen, caller.model.kind)
    }
  }

  t.diagnostic(JSON.stringify(Object.fromEntries(answers)))
  const total = [...answers.values()].reduce((sum, times) => sum + times, 0)
  assert.equal(total, worlds * callsPerWorld)
  assert.ok(total >= 100_000)
  for (const [kind, least] of Object.entries(occursAtLeast)) {
    assert.ok(
      (answers.get(kind) ?? 0) >= least,
      `'${kind}' occurred ${answers.get(kind) ?? 0} times, of ${least}`,
    )
  }
  assert.deepEqual(
    [...answers.keys()].filter((kind) => !Object.hasOwn(occursAtLeast, kind)),
    [],
  )
  assert.equal(operatorsGenerated.length, 27)
  for (const name of [
    ...operatorsGenerated,
    ...callers.map(({ model }) => model.kind),
    'service',
    'federated',
    'anonymous',
  ]) {
    assert.ok((seen.get(name) ?? 0) >= 500, `${name} occurred ${seen.get(name) ?? 0} times`)
  }
})

function compiled({ given, trust }: World): Layers {
  const { identity, boundary, session, scps, rcps, resource, resourcePolicyRequired }: Given = given
  return {
    identity: identity && set('identity', identity),
    boundary: boundary && set('boundary', boundary),
    session: session && set('session', session),
    scps: scps?.map((level) => set('scp', level)),
    rcps: rcps?.map((level) => set('rcp', level)),
    resource: resource && set(trust ? 'trust' : 'resource', resource),
    resourcePolicyRequired,
  }
}

function set(kind: PolicyKind, documents: readonly Document[]): PolicySet {
  return compile(
    documents.map((document, index) => {
      const parsed = parsePolicy(JSON.stringify(document), kind)
      if ('problems' in parsed)
        assert.fail(`${JSON.stringify(parsed.problems)} in ${JSON.stringify(document)}`)
      return { name: `${kind} ${index}`, policy: parsed.policy }
    }),
  )
}

/** A verdict in the model's words; a trust policy is the resource policy of a role. */
function written({ decision, because }: Verdict): string {
  if (because.kind === 'root') return 'Allow: root'
  const layer = because.layer === 'trust' ? 'resource' : because.layer
  return because.kind === 'explicit' ? `${decision} by ${layer}` : `Deny: no ${layer}`
}

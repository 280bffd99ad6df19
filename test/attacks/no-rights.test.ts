// Goal: who may nothing changes nothing, is told nothing, and learns not even what exists; every operation asks for leave.
// Method: a role without policies calls every implemented operation with inputs that are valid by AWS's model and name what is there: once where it
// is there, once in a cloud that has nothing. Both answer the same. The seed is printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallAnswer } from '#core/service-calls.ts'
import { openToAnyAuthenticatedCaller, openToAnybody } from '#core/operation.ts'
import { seed } from '../wire/seed.ts'
import { namesOf } from './aimed-inputs.ts'
import { attemptsOn, implementedOperations, named, told, tryAll } from './attempts.ts'
import { cloudFor, home, victim } from './cloud.ts'
import { mark, plant } from './plants.ts'

const rounds = 16
const operationsMin = 588
/** Operations that were denied, at least: for the others, chance made no input that comes as far as the question. */
const deniedMin = 550

/** What AWS lets whoever signs do; ConfirmSubscription asks for the token that only the endpoint was sent. */
const openToSigned = ['sns:ConfirmSubscription', 'sts:GetCallerIdentity', 'sts:GetSessionToken']

/**
 * Operations that ask first for an action of another name, as AWS's do: none of another is leave for any operation besides.
 * Source: Service Authorization Reference, the actions of each service.
 */
const actions: Readonly<Record<string, string>> = {
  'kms:ReEncrypt': 'ReEncryptFrom',
  'lambda:GetLayerVersionByArn': 'GetLayerVersion',
  'lambda:Invoke': 'InvokeFunction',
  'lambda:InvokeAsync': 'InvokeFunction',
  'lambda:InvokeWithResponseStream': 'InvokeFunction',
  'sns:PublishBatch': 'Publish',
  'sqs:ChangeMessageVisibilityBatch': 'ChangeMessageVisibility',
  'sqs:DeleteMessageBatch': 'DeleteMessage',
  'sqs:SendMessageBatch': 'SendMessage',
}

/** `CreateUser`, of the denial of `iam:CreateUser`. */
const actionAsked = (answer: CallAnswer): string | undefined =>
  / not authorized to perform: [\w-]+:(\w+) on /.exec(told(answer))?.[1]

/**
 * In one's own account, a denial names the resource by its ARN, as AWS's does: with what a name leads to, where the ARN has an id. Creations
 * have a new id each time.
 */
const withoutIds = (text: string): string => text.replace(/ on resource: \S+ /, ' on it ')

test(`who has no rights, seed ${seed}`, async (t) => {
  const nobody = { account: victim, role: 'nobody', region: home }
  const [planted, bare] = [await cloudFor(t), await cloudFor(t)]
  await plant(planted)
  const attempts = attemptsOn(implementedOperations(planted), namesOf(planted, victim), rounds)
  const tried = await tryAll(planted, nobody, attempts)
  const without = await tryAll(bare, nobody, attempts)
  for (const [index, { operation, answers, changes }] of tried.entries()) {
    const title = named(operation)
    assert.deepEqual(changes, [], `${title} changes something`)
    assert.ok(!JSON.stringify(answers).includes(mark), `${title} tells something`)
    assert.ok(openToSigned.includes(title) || answers.every(({ ok }) => !ok), `${title} is done`)
    const sayings = answers.map((answer) => withoutIds(told(answer)))
    assert.deepEqual(
      sayings,
      without[index]?.answers.map((answer) => withoutIds(told(answer))),
      `${title} tells what exists`,
    )
  }
  assert.deepEqual([...planted.bugs(), ...bare.bugs()], [])
  const denied = tried.filter(({ answers }) =>
    answers.some((answer) => !answer.ok && answer.fault.code === 'AccessDenied'),
  )
  assert.ok(tried.length >= operationsMin, `${tried.length} operations`)
  assert.ok(denied.length >= deniedMin, `${denied.length} operations were denied`)
  for (const { operation, answers } of denied)
    for (const asked of answers.map(actionAsked).filter((action) => action !== undefined))
      assert.equal(
        asked,
        actions[named(operation)] ?? operation.name,
        `${named(operation)} asks for an action of its own`,
      )
  t.diagnostic(`${denied.length} of ${tried.length} operations were denied by the engine, the others before`)
})

test('operations that ask for no permission are those that are known, and none needs no signature', async (t) => {
  const { worker } = await cloudFor(t)
  const open = (how: symbol) =>
    [...worker.services.values()].flatMap(({ model, operations }) =>
      [...operations.values()].flatMap(({ name, declaration }) =>
        declaration.access === how ? [`${model}:${name}`] : [],
      ),
    )
  assert.deepEqual(open(openToAnyAuthenticatedCaller).toSorted(), openToSigned)
  assert.deepEqual(open(openToAnybody), [])
})

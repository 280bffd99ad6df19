// Goal: an environment signals nobody but its own processes, and nothing of it runs between its invocations.
// Method: environments of processes that are no functions; their calls of the Runtime API are made by the test.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId, Arn } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import type { FunctionSpec, Invocation } from '../function-spec.ts'
import { Environment } from './environment.ts'

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:work' as Arn // Written out.
const spec: FunctionSpec = {
  ...({ key: 'key', functionArn: arn, account: '111122223333' as AccountId } as const), // Twelve digits.
  ...({ functionName: 'work', version: '$LATEST', region: 'us-east-1', runtime: 'nodejs24.x' } as const),
  ...{ roleArn: 'arn:aws:iam::111122223333:role/runner', handler: 'index.handler', timeoutSec: 10 },
  ...{ memoryMiB: 128, storageMiB: 512, code: 'code', layers: [], logGroup: '/aws/lambda/work' },
}
const invocation: Invocation = {
  ...{ requestId: 'request', payload: Buffer.from('{}'), invokedArn: arn, traceHeader: 'Root=1' },
}

function environment(file: string, ...args: readonly string[]) {
  const ended = Promise.withResolvers<boolean>()
  const made = new Environment({
    ...{
      spec,
      world: systemWorld(),
      launch: { file, args, user: {} },
      variables: {},
      folder: '/',
      covered: [],
    },
    ...{ user: undefined, tracing: false, log: () => undefined, onStarted: () => undefined },
    onEnd: ended.resolve,
  })
  return { made, ended: ended.promise }
}

test('an environment: where no process could be started, none is signalled', async (t) => {
  const signalled: number[] = []
  t.mock.method(process, 'kill', (pid: number) => signalled.push(pid) > 0)
  const { made, ended } = environment('/nonexistent/program')
  const { kind } = await made.run(invocation)
  assert.equal(kind, 'function-error')
  assert.equal(await ended, true)
  assert.deepEqual(signalled, [], 'group 0 is the one of the server itself')
})

test('an environment: a runtime that asks for more before its answer is told is frozen', async () => {
  const { made, ended } = environment(process.execPath, '-e', 'setInterval(() => {}, 1000)')
  const nothing = () => response
  const response = {
    once: nothing,
    writeHead: nothing,
    end: nothing,
    destroy: nothing,
  } as unknown as ServerResponse // What is used of it.
  const stateOf = () => {
    const stat = readFileSync(`/proc/${made.processes.leader}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2)[0]
  }
  const running = made.run(invocation)
  made.next(response)
  made.responded(Buffer.from('1'), undefined)
  made.next(response)
  await running
  for (let look = 0; stateOf() !== 'T' && look < 40; look += 1) await sleep(25)
  assert.equal(stateOf(), 'T')
  await made.end()
  assert.equal(await ended, true)
})

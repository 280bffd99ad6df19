// Goal: AWS's own clients, unmodified, encrypt, sign and authenticate with keys, and are let in or kept out by key policy and key state.
// Method: one scenario, played once by each client, against a server of its own that was started like any other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ServerOptions, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCli } from './aws-cli.ts'
import { boto3 } from './boto3.ts'
import type { ClientMaker } from './client.ts'
import { assertKmsTrail } from './kms-scenario-trail.ts'
import { kmsSteps, setKmsStage } from './kms-scenario.ts'
import { sdk } from './sdk.ts'

const python = findPython(pythonClients)
const withoutPython = python.ready ? false : python.why

const rows: readonly [name: string, client: ClientMaker, server: ServerOptions, skip: false | string][] = [
  ['AWS SDK for JavaScript v3, with --dev and two workers', sdk, { dev: true, workers: 2 }, false],
  ['boto3, on a first start with two workers', boto3, { workers: 2 }, withoutPython],
  ['AWS CLI, on a first start', awsCli, {}, withoutPython],
]

for (const [name, client, options, skip] of rows) {
  test(`kms scenario: ${name}`, { skip }, async (t) => {
    const server = await serverFor(t, options)
    const stage = await setKmsStage(client(t, server.url), server)
    let played = 0
    for (const [step, play] of kmsSteps) {
      await t.test(step, async () => {
        await play(stage)
        played += 1
      })
    }
    await t.test('the trail shows each use, and no plaintext', () => assertKmsTrail(stage))
    assert.equal(played, 14)
  })
}

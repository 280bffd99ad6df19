// An account is exported from one server beside writers, imported into another, and used there with the credentials it had.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { functionSecret, furnish } from '../test/account/furnished.ts'
import { sdk } from '../test/clients/sdk.ts'
import { redoubt } from '../test/command.ts'
import { administratorOf, directoryFor, serverFor } from '../test/server.ts'
import { drill } from './drill.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, placeOn } from './place.ts'

const environment = { REDOUBT_EXPORT_PASSPHRASE: 'a passphrase for a drill' }

/** Log lines stay where they are: docs/guide/accounts.md. */
const kept = ['users', 'messages', 'keys'] as const

await drill(
  {
    fault: 'an account moves to another server',
    promise:
      'What was acknowledged before the export, all but log lines, works where it is imported, under another root key; the file shows no secret, and a server that has the account already refuses it.',
  },
  async (t) => {
    const [directory, elsewhere, between] = [directoryFor(t), directoryFor(t), directoryFor(t)]
    const from = await serverFor(t, { directory, workers: 2, flags })
    const as = administratorOf(from)
    const client = sdk(t, from.url)
    const place = await placeOn(t, from)
    const { account, assertWorks } = await furnish(client, as)
    const early = new Acknowledged()
    const first = startLoad(client, place, early, 'early', kept)
    await sleep(1_500)
    assert.deepEqual(await first.stop(), [])
    const late = startLoad(client, place, new Acknowledged(), 'late')
    const file = join(between, 'an.account')
    const exported = await redoubt(
      ['account', 'export', account, '--data', directory, '--out', file, '--with-records'],
      environment,
    )
    assert.equal(exported.ended, 0, exported.printed)
    assert.deepEqual(await late.stop(), [], 'nobody was refused meanwhile')
    const text = readFileSync(file, 'latin1')
    for (const secret of [as.secretAccessKey, functionSecret, 'PRIVATE KEY'])
      assert.ok(!text.includes(secret))
    await from.kill()
    t.saw(
      'An account was exported beside five writers, none of which was refused; its file shows none of its secrets.',
    )

    const other = await serverFor(t, { directory: elsewhere, workers: 2, flags })
    assert.equal(await other.stop(), 0)
    const take = () => redoubt(['account', 'import', file, '--data', elsewhere], environment)
    const imported = await take()
    assert.equal(imported.ended, 0, imported.printed)
    const to = await serverFor(t, { directory: elsewhere, workers: 2, flags })
    const there = sdk(t, to.url)
    await assertWorks(there)
    const { total } = early
    await assertAllThere(there, place, early, { events: false })
    t.saw(
      `Imported under another root key it has all ${total} writes (users, messages, keys) that were acknowledged before; its keys open, its function runs, its certificate and its records are there.`,
    )
    assert.equal(await to.stop(), 0)
    const again = await take()
    assert.deepEqual(
      [again.ended, /has an account \d+ already/.test(again.printed)],
      [1, true],
      again.printed,
    )
    t.saw('A second import of it is refused.')
  },
)

// A data directory whose database is of schema 1, as the first version wrote it, with what a real server put there.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { sdk } from '../test/clients/sdk.ts'
import { redoubt } from '../test/command.ts'
import { directoryFor, serverFor } from '../test/server.ts'
import { drill } from './drill.ts'
import { Acknowledged, assertAllThere, startLoad } from './load.ts'
import { flags, placeOn } from './place.ts'

await drill(
  {
    fault: 'the data is of an older version',
    promise:
      'The first start of a newer version brings the database up, with all that is in it; a database of a later version is refused and left alone.',
  },
  async (t) => {
    const directory = directoryFor(t)
    const before = await serverFor(t, { directory, workers: 2, flags })
    const place = await placeOn(t, before)
    const told = new Acknowledged()
    const load = startLoad(sdk(t, before.url), place, told, 'old')
    await sleep(1_500)
    assert.deepEqual(await load.stop(), [])
    assert.equal(await before.stop(), 0)

    const newest = change(directory, (database) => {
      for (const column of ['changesSum', 'recordsSum'])
        database.exec(`ALTER TABLE log DROP COLUMN ${column}`)
      database.exec('ALTER TABLE documents DROP COLUMN sum')
      setSchema(database, 1)
    })
    const after = await serverFor(t, { directory, workers: 2, flags })
    const { total } = told
    await assertAllThere(sdk(t, after.url), place, told)
    assert.equal(await after.stop(), 0)
    const reached = change(directory, (database) => setSchema(database, newest + 1))
    assert.equal(reached, newest, 'it was brought up')
    t.saw(
      `A database of schema 1 with ${total} acknowledged writes: the next start made schema ${newest} of it, and all is there.`,
    )

    const { ended, printed } = await redoubt(['serve', '--port', '0', '--data', directory])
    assert.equal(ended, 1)
    assert.match(printed, /has schema \d+, and this version of Redoubt knows schemas up to \d+/)
    assert.equal(
      change(directory, () => undefined),
      newest + 1,
      'it was left alone',
    )
    t.saw(`One of schema ${newest + 1} is refused in one line, and left as it was.`)
  },
)

/** Works on a database that nobody serves from; gives the schema that it had. */
function change(directory: string, how: (database: DatabaseSync) => void): number {
  const database = new DatabaseSync(join(directory, 'redoubt.db'))
  const schema = Number(database.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.['value'])
  how(database)
  database.close()
  return schema
}

function setSchema(database: DatabaseSync, schema: number): void {
  database.prepare("UPDATE meta SET value = ? WHERE name = 'schema'").run(String(schema))
}

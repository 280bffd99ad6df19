import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { accessKeySecret } from '#core/access-key-secret.ts'
import { createSeal, loadRootKey, type RootKeySource, rootKeysOf } from '#core/seal/index.ts'
import { databaseFile, Head, lockDataDirectory, openStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { accessKeys } from '#services/iam/documents.ts'
import { sealedTextsIn } from '../sealed-texts.ts'

// A data directory whose server does not run, looked into and filled as a server would.

const { randomBytes } = systemWorld()
const scope = { account: '999999999999', region: 'global' }

/** Stores access keys whose secrets follow from their ids. */
export async function fill(
  directory: string,
  count: number,
  source: RootKeySource = { kind: 'file' },
): Promise<void> {
  const unlock = lockDataDirectory(directory)
  const seal = createSeal({ ...rootKeysOf(loadRootKey(source, directory, randomBytes)), randomBytes })
  const store = openStore({ directory, head: new Head() })
  await store.transact((tx) => {
    for (let n = 0; n < count; n += 1) {
      const accessKeyId = `FILLED${n}`
      const sealedSecret = accessKeySecret.seal(seal, accessKeyId, secretOf(accessKeyId))
      tx.put(accessKeys, scope, accessKeyId, { accessKeyId, active: true, createdAtMs: n, sealedSecret })
    }
  })
  await store.close()
  unlock()
}

/** Opens the directory as a start does, and every access key in it; gives how many there were, and whether a rotation is unfinished. */
export async function inspect(
  directory: string,
  source: RootKeySource = { kind: 'file' },
): Promise<{ readonly filled: number; readonly unfinished: boolean }> {
  const unlock = lockDataDirectory(directory)
  const state = loadRootKey(source, directory, randomBytes)
  const seal = createSeal({ ...rootKeysOf(state), randomBytes })
  const store = openStore({ directory, head: new Head() })
  let filled = 0
  for (const { account, id, document } of store.read.everywhere(accessKeys)) {
    const secret = accessKeySecret.open(seal, id, document.sealedSecret).toString()
    if (account !== scope.account) continue
    assert.equal(secret, secretOf(id))
    filled += 1
  }
  await store.close()
  unlock()
  return { filled, unfinished: state.unfinished }
}

/** The ids of the root keys under which stored documents are sealed, as the database has them. */
export function keyIdsStored(directory: string): readonly string[] {
  const database = new DatabaseSync(join(directory, databaseFile), { readOnly: true })
  const bodies = database.prepare('SELECT body FROM documents').all()
  database.close()
  assert.ok(bodies.length > 0)
  return [...new Set(sealedTextsIn(bodies).map((text) => text.slice(4, 20)))]
}

/** What the note of a directory says. */
export function noteOf(directory: string): {
  keyId: string
  retired?: readonly object[]
  unfinished?: boolean
} {
  return JSON.parse(readFileSync(join(directory, 'root-key.json'), 'utf8')) as ReturnType<typeof noteOf> // Our own.
}

function secretOf(accessKeyId: string): string {
  return `the secret of ${accessKeyId}`
}

// Goal: what the disk did not take is told from bugs. Method: errors as Node and SQLite throw them; a real one of each.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { isDiskError } from './disk-error.ts'

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

test('disk error: full and read-only disks, also as causes; nothing else', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('PRAGMA max_page_count = 2; CREATE TABLE t (x)')
  const full = thrownBy(() => database.exec('INSERT INTO t VALUES (zeroblob(100000))'))
  const rows: readonly [why: string, error: unknown, want: boolean][] = [
    ['a full database', full, true],
    ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write' }), true],
    ['as a cause', new Error('could not commit', { cause: full }), true],
    ['a missing folder is a bug', thrownBy(() => writeFileSync('/nowhere/at/all', '')), false],
    ['a constraint is a bug', thrownBy(() => database.exec('INSERT INTO none VALUES (1)')), false],
    [
      'a port that may not be bound',
      Object.assign(new Error('x'), { code: 'EACCES', syscall: 'listen' }),
      false,
    ],
    ['a bug', new TypeError('x'), false],
    ['no error', 'x', false],
  ]
  for (const [why, error, want] of rows) assert.equal(isDiskError(error), want, why)
  assert.equal(rows.length, 8)
})

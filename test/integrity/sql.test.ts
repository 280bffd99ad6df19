// Goal: SQL and exports, which read segments by themselves, never see what was damaged; the rest of a segment is there, and it is told.
// Method: one bit of one record flipped in segments of a filled directory, which are exported; the file is read with DuckDB.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { systemWorld } from '#core/world.ts'
import { hearDamage } from '#telemetry/damage.ts'
import { exportRecords } from '#telemetry/sql/index.ts'
import { directoryFor } from '../server.ts'
import { fillWithAll, flipOne } from './flipped-bits.ts'

test('integrity: an export has every whole record, no damaged one, and none of their sums', async (t) => {
  const directory = directoryFor(t)
  await fillWithAll(directory)
  const told: string[] = []
  t.after(hearDamage(({ file }) => void told.push(file)))
  const engine = await (await DuckDBInstance.create(':memory:')).connect()
  const rows: readonly [kind: 'audit' | 'flow', column: string, whole: number][] = [
    ['audit', 'eventJson', 80],
    ['flow', 'accountId', 60],
  ]
  for (const [kind, column, whole] of rows) {
    const [name = ''] = readdirSync(join(directory, 'telemetry', kind)).filter((file) =>
      file.endsWith('.jsonl'),
    )
    const path = join(directory, 'telemetry', kind, name)
    for (const damaged of [0, 1]) {
      if (damaged)
        flipOne(path, readFileSync(path).indexOf(kind === 'audit' ? 'RotateKey' : '111111111111'), 1)
      const file = join(directory, `${kind}-${damaged}.parquet`)
      const asked = { directory, kind, fromMs: 0, toMs: Date.UTC(2027, 0, 1), file }
      assert.equal(await exportRecords(asked, systemWorld()), undefined)
      const found = await engine.runAndReadAll(`SELECT ${column}::VARCHAR FROM '${file}'`)
      const texts = found.getRows().map(([text]) => String(text))
      assert.equal(texts.length, whole - damaged, kind)
      assert.ok(!texts.some((text) => text.includes('"~"') || text.includes('PotateKey')))
      assert.deepEqual(told.splice(0), damaged ? [path] : [])
    }
  }
})

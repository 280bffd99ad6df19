// Goal: a process of a query does not outlive the server that began it, however that ends.
// Method: a process that begins an endless query and is killed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import type { Job } from './job.ts'

const id = '0a1b2c3d-0000-4000-8000-0123456789ab'
const tables = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `"${id}" ${name}`).join(', ')

function endlessJob(segment: string): Job {
  const columns = 'a.eventID || b.eventID || c.eventID || d.eventID || e.eventID || f.eventID'
  return {
    kind: 'query',
    statement: `SELECT count(*) FROM ${tables} WHERE md5(${columns}) = ''`,
    parameters: [],
    nowMs: 0,
    views: [{ name: id, notBeforeMs: 0, notAfterMs: Date.UTC(2030, 0), collected: [{ selectors: [[]] }] }],
    account: '111122223333',
    folder: '/nowhere',
    files: [],
    growing: [segment],
    limits: { rowsMax: 1, bytesMax: 1 },
  }
}

const program = `
  import { spawn } from 'node:child_process'
  const [entry, job] = process.argv.slice(1)
  const child = spawn(process.execPath, [entry, '600000', String(process.pid)], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.end(job)
  process.stdout.write(child.pid + '\\n')
  setInterval(() => {}, 1000)
`

for (const [when, afterMs] of [
  ['while it works', 2000],
  ['before it has loaded', 0],
] as const)
  test(
    `processes of queries: none outlives its server that dies ${when}`,
    { skip: !existsSync('/proc/self') && 'no /proc' },
    async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'redoubt-lake-'))
      t.after(() => rmSync(folder, { recursive: true, force: true }))
      const segment = join(folder, 'x.jsonl')
      const record = { eventID: 'x', eventTime: '2026-01-02T03:04:05Z', recipientAccountId: '111122223333' }
      writeFileSync(segment, `${JSON.stringify(record)}\n`.repeat(300))
      const words = [
        '--input-type=module',
        '-e',
        program,
        join(import.meta.dirname, 'sql-process.ts'),
        JSON.stringify(endlessJob(segment)),
      ]
      const server = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
      const [text] = (await once(server.stdout, 'data')) as [Buffer]
      const pid = Number(text.toString('utf8').trim())
      await sleep(afterMs)
      assert.ok(existsSync(`/proc/${pid}`), 'it ended by itself')
      server.kill('SIGKILL')
      for (let waited = 0; existsSync(`/proc/${pid}`) && waited < 200; waited += 1) await sleep(50)
      assert.ok(!existsSync(`/proc/${pid}`))
    },
  )

// Goal: the commands of remedies are ones that the AWS CLI takes, with the values of real findings in them.
// Method: all commands of all findings of the rows, read by the CLI itself, which checks options and parameters before it connects.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { allDetectors, remedy } from '../../src/engines/detect/index.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { found } from './check-rows.ts'
import { callRows } from './rows/index.ts'

const clients = findPython(pythonClients)

test('commands: the AWS CLI takes each', { skip: clients.ready ? false : clients.why }, () => {
  assert.ok(clients.ready)
  const finds = new Map(allDetectors.flatMap((one) => Object.entries(one.finds)))
  const commands = new Set(
    callRows
      .flatMap(({ fires }) => fires.flatMap(([, , records]) => found(allDetectors, records)))
      .flatMap(({ type, values }) => remedy(finds.get(type)?.remediation ?? [], values))
      .flatMap(({ command }) => command ?? []),
  )
  assert.ok(commands.size > 100)
  const { stdout, stderr, status } = spawnSync(
    clients.python,
    [join(import.meta.dirname, 'parse_commands.py')],
    { input: [...commands].join('\n'), encoding: 'utf8', timeout: 300_000 },
  )
  assert.equal(status, 0, stderr)
  assert.equal(stdout, '')
})

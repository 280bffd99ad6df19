// Goal: a function that takes more memory than it may is told as AWS tells it, however it came to its end; one that crashes otherwise is not.
// Method: real functions, in rows; each by a way of its own to ask for too much.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionRig } from '../../../test/functions/rig.ts'

const node = (body: string) => `export const handler = async () => { ${body} }`
const python = (body: string) => `import os, signal\ndef handler(event, context):\n    ${body}`

/** AWS's words. Source: Lambda Developer Guide, "Troubleshoot execution issues in Lambda". */
const outOfMemory = ['Runtime.OutOfMemory', 'signal: killed']
const rows: readonly [
  name: string,
  runtime: 'nodejs24.x' | 'python',
  source: string,
  want: readonly string[],
][] = [
  [
    'numbers, 128 KiB at a time',
    'nodejs24.x',
    node(
      'const kept = []; for (let at = 0; ; at += 1) kept.push(Array.from({ length: 16384 }, (_, n) => n + at))',
    ),
    outOfMemory,
  ],
  [
    'buffers outside of the heap',
    'nodejs24.x',
    node('const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1))'),
    outOfMemory,
  ],
  [
    'bytes',
    'python',
    python("kept = []\n    while True: kept.append(b'x' * 1048576 + os.urandom(1))"),
    outOfMemory,
  ],
  // The first process of a namespace ignores the signal that `abort` sends itself, and then ends by an instruction that it may not use.
  [
    'a crash of its own',
    'nodejs24.x',
    node('process.abort()'),
    ['Runtime.ExitError', 'signal: (?:aborted|segmentation fault)'],
  ],
  [
    'a crash of its own',
    'python',
    python('import ctypes; ctypes.string_at(0)'),
    ['Runtime.ExitError', 'signal: segmentation fault'],
  ],
]

test('functions: what takes too much memory is told as AWS does, what crashes otherwise is not', async (t) => {
  const { host, run, lines } = functionRig(t)
  const pythons = ((await host.runtimes()) ?? []).find((name) => name.startsWith('python'))
  let ran = 0
  for (const [index, [name, language, source, [errorType, how]]] of rows.entries()) {
    const runtime = language === 'python' ? pythons : language
    if (runtime === undefined) continue
    lines.length = 0
    const told = await run(`row-${index}`, source, { runtime, timeoutSec: 60 })
    const { errorType: type, errorMessage } = told as Record<string, string> // As Lambda's errors are.
    assert.equal(type, errorType, name)
    assert.match(
      errorMessage ?? '',
      new RegExp(`^RequestId: request Error: Runtime exited with error: ${how}$`),
      name,
    )
    const report = lines.find((line) => line.startsWith('REPORT')) ?? ''
    assert.match(report, new RegExp(`\tStatus: error\tError Type: ${errorType}\t`), name)
    if (errorType === 'Runtime.OutOfMemory')
      assert.match(report, /\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t/)
    ran += 1
  }
  assert.equal(ran, pythons ? 5 : 3)
})

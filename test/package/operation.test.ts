// Goal: an operator is told how a server and its machine are, and completes every command that there is.
// Method: the real commands beside a real server; each shell itself sources its script and is asked.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { redoubt } from '../command.ts'
import { directoryFor, serverFor } from '../server.ts'
import { findShells } from '../set-up/shells.ts'

test('status and doctor: a server that runs, and none', async (t) => {
  const { directory, url } = await serverFor(t)
  const { ended, printed } = await redoubt(['status', '--data', directory, '--json'])
  assert.equal(ended, 0, printed)
  const { running, workers, url: told, detectors } = JSON.parse(printed) as Record<string, unknown>
  assert.deepEqual(
    { running, workers, told, detectors },
    { running: true, workers: 1, told: url, detectors: 0 },
  )
  const looked = await redoubt(['doctor', '--data', directory, '--json'])
  assert.equal(looked.ended, 0, looked.printed)
  const checks = JSON.parse(looked.printed) as readonly { check: string; level: string }[]
  assert.equal(checks.length, 13)
  assert.ok(checks.some(({ check, level }) => check === 'root key' && level === 'ok'))
  const none = join(directoryFor(t), 'none')
  assert.equal((await redoubt(['status', '--data', none])).ended, 3)
})

const rows: readonly [words: readonly string[], want: string][] = [
  [['redoubt', 'bac'], 'backup'],
  [['redoubt', 'keys', 'ro'], 'rotate-root'],
  [['redoubt', 'serve', '--edge-t'], '--edge-tls-port'],
  [['redoubt', 'completion', 'f'], 'fish'],
]

test('completion: bash completes commands, options and choices', async () => {
  const { printed } = await redoubt(['completion', 'bash'])
  for (const [words, want] of rows) {
    const list = words.map((word) => `'${word}'`).join(' ')
    const script = `${printed}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _redoubt; echo "\${COMPREPLY[*]}"`
    assert.equal(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim(), want)
  }
  assert.equal(rows.length, 4)
})

const shells = findShells()
const inShells = { skip: !shells.ready && shells.why, timeout: 120_000 }

test('completion: fish completes the same', inShells, async (t) => {
  const { printed } = await redoubt(['completion', 'fish'])
  const file = join(directoryFor(t), 'redoubt.fish')
  writeFileSync(file, printed)
  for (const [words, want] of rows) {
    const parameters = ['--no-config', '-c', `source ${file}; complete -C '${words.join(' ')}'`]
    assert.equal(execFileSync('fish', parameters, { encoding: 'utf8' }).trim(), want)
  }
})

// zsh hands its own variables to the function of bash, as here, but only while somebody presses a key: so `compgen` is stood in for.
test('completion: zsh completes the same', inShells, async () => {
  const { printed } = await redoubt(['completion', 'zsh'])
  for (const [words, want] of rows) {
    const script = `${printed}
test -n "\${_comps[redoubt]}" || exit 1
emulate sh
setopt kshglob noshglob braceexpand ksharrays
compgen() { echo "$2" | tr ' ' '\\n' | grep -e "^$4"; }
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _redoubt; echo "\${COMPREPLY[@]}"`
    assert.equal(execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8' }).trim(), want)
  }
})

test('doctor: what is wrong with a data directory is told, with what to do', async (t) => {
  const rows: readonly [name: string, spoil: (directory: string) => void, ended: number, want: RegExp][] = [
    [
      'others may enter',
      (at) => chmodSync(at, 0o755),
      0,
      /^warn +data directory +others may enter .*chmod 700/m,
    ],
    [
      'others may read the root key',
      (at) => writeFileSync(join(at, 'root.key'), '', { mode: 0o644 }),
      1,
      /^fail +root key +others may read .*chmod 600/m,
    ],
    [
      'a restore was cut off',
      (at) => writeFileSync(join(at, 'restore-unfinished'), ''),
      1,
      /^fail +data directory +a restore into .* was cut off: remove the directory/m,
    ],
  ]
  for (const [name, spoil, ended, want] of rows) {
    const directory = directoryFor(t)
    spoil(directory)
    const done = await redoubt(['doctor', '--data', directory])
    assert.equal(done.ended, ended, `${name}: ${done.printed}`)
    assert.match(done.printed, want, name)
  }
  assert.equal(rows.length, 3)
})

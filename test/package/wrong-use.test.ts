// Goal: who uses the command wrongly is told in a line what is wrong and what to do, and every command shows how it is used.
// Method: the real command, as a person runs it: bin/redoubt, which finds its Node by itself.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { probe } from '#core/ports.ts'
import { program } from '../../src/cli/program.ts'
import { until } from '../clients/edge-rig.ts'
import { sdk } from '../clients/sdk.ts'
import { redoubt } from '../command.ts'
import { allCommands, helpOf } from '../docs/command-lines.ts'
import { directoryFor, serverFor } from '../server.ts'

const command = join(import.meta.dirname, '../../bin/redoubt')

function run(program: string, parameters: readonly string[], path = process.env['PATH']) {
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: path },
  })
  return { status, printed: stdout + stderr }
}

test('wrong use: a start that cannot be says why in one line', async (t) => {
  const running = await serverFor(t, { workers: 2 })
  const folder = directoryFor(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const free = await probe('127.0.0.1', 0)
  assert.ok('port' in free)
  const at = ['--port', String(free.port)]
  const rows: readonly [name: string, parameters: readonly string[], want: RegExp][] = [
    [
      'a second server on one directory',
      [...at, '--data', running.directory],
      /another Redoubt process uses/,
    ],
    [
      'a port that another server shares with its workers',
      ['--port', String(running.port), '--data', join(folder, 'other')],
      /port \d+ of 127\.0\.0\.1 cannot be had \(EADDRINUSE\): another program listens there.*--port/,
    ],
    [
      'a port that is taken, and one worker',
      ['--workers', '1', '--port', String(running.port), '--data', join(folder, 'other')],
      /EADDRINUSE/,
    ],
    [
      'an address of another machine',
      [...at, '--host', '192.0.2.1', '--data', folder],
      /EADDRNOTAVAIL.*--host/,
    ],
    ['a file', [...at, '--data', file], /cannot be used: it is a file; name another with --data/],
    ['a file on the way', [...at, '--data', join(file, 'data')], /a part of its path is a file/],
    ['where nobody can write', [...at, '--data', '/proc/redoubt'], /cannot be used: .*--data/],
  ]
  for (const [name, parameters, want] of rows) {
    const { ended, printed } = await redoubt(['serve', ...parameters])
    assert.equal(ended, 1, `${name}: ${printed}`)
    assert.match(printed, want, name)
    assert.equal(printed.trimEnd().split('\n').length, 1, `${name}: ${printed}`)
  }
  assert.equal(rows.length, 7)
})

test('wrong use: a word that is nearly right is guessed', async () => {
  const rows: readonly [parameters: readonly string[], want: RegExp][] = [
    [['serv'], /Did you mean serve\?/],
    [['serve', '--prot', '1'], /Did you mean --port\?/],
    [['serve', '--port', '99999'], /A whole number from 0 to 65535 is wanted/],
    [['status', '--data', '/nowhere'], /no server runs on \/nowhere: start it with/],
  ]
  for (const [parameters, want] of rows) assert.match((await redoubt(parameters)).printed, want)
})

test('the command: it runs by the Node that npm brought, and says where that is missing', (t) => {
  const folder = directoryFor(t)
  writeFileSync(join(folder, 'node'), '#!/bin/sh\necho another Node\nexit 9\n', { mode: 0o755 })
  const path = [folder, '/usr/bin', '/bin'].join(delimiter)
  assert.deepEqual(run(command, ['--version'], path), { status: 0, printed: '0.1.0\n' })

  mkdirSync(join(folder, 'bin'))
  cpSync(command, join(folder, 'bin/redoubt'))
  const { status, printed } = run(join(folder, 'bin/redoubt'), ['serve'], path)
  assert.equal(status, 1)
  assert.match(printed, /its packages are not installed yet: run 'npm ci' in \//)
})

test('the command: the sources say which Node they need, where that can read them at all', () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.20.0' } })`
  const sources = join(import.meta.dirname, '../../src/cli/redoubt.ts')
  const { status, printed } = run(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(older)}`,
    sources,
    'serve',
  ])
  assert.equal(status, 1, printed)
  assert.match(
    printed,
    /^redoubt: this is Node 22\.20\.0, and 24 is needed: run bin\/redoubt or npx redoubt[^\n]*\n$/,
  )
  assert.equal(run(process.execPath, [sources, '--version']).status, 0)
})

test('the command: its help has examples, and that of every command', () => {
  const all = allCommands()
  assert.ok(all.length >= 20, `only ${all.length} commands were found`)
  const without = all.filter((command) => !/^Examples:\n {2}\$ /m.test(helpOf(command)))
  assert.deepEqual(
    without.map((command) => command.name()),
    [],
  )
})

test('the command: its help groups all commands, and says in a line what each is for', () => {
  const help = helpOf(program)
  const unwrapped = help.replaceAll(/\s+/g, ' ')
  assert.doesNotMatch(help, /^Commands:/m, 'a command without a group')
  assert.ok((help.match(/^[A-Z][^\n]*:$/gm) ?? []).length >= 7, help)
  for (const command of program.commands) {
    assert.ok(command.summary().length > 0 && command.summary().length <= 60, command.name())
    assert.ok(unwrapped.includes(command.summary()), command.name())
    assert.match(command.description(), /^[A-Z].*\.$/, command.name())
  }
  const serve = program.commands.find((command) => command.name() === 'serve')
  assert.ok(serve)
  assert.deepEqual(
    serve.options.filter(({ helpGroupHeading }) => helpGroupHeading === undefined).map(({ long }) => long),
    [],
  )
})

test('wrong credentials: the client is told what AWS tells, the operator what to look at', async (t) => {
  const server = await serverFor(t, { dev: true })
  await refused(t, server.url, { accessKeyId: 'AKIANOTTHERE', secretAccessKey: 'test' })
  await refused(t, server.url, { accessKeyId: 'test', secretAccessKey: 'wrong' })
  // What it says comes by a pipe of its own.
  const wanted = [
    /"code":"InvalidClientTokenId".*"help":"no such access key or session here/,
    /"code":"SignatureDoesNotMatch".*"help":"is it the right secret/,
  ]
  await until(
    5_000,
    () => Promise.resolve(server.logged()),
    (logged) => wanted.every((line) => line.test(logged)),
  )
})

async function refused(
  t: TestContext,
  url: string,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Promise<void> {
  const { ok } = await sdk(t, url).call('kms', 'ListKeys', {}, credentials)
  assert.equal(ok, false)
}

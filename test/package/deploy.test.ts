// Goal: what the examples of deployment name is there.
// Method: the files are read as text; systemd reads the unit itself, where it is there.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { program } from '../../src/cli/program.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, 'examples/deploy', file), 'utf8')
const serve = program.commands.find((command) => command.name() === 'serve')

test('deploy: paths, options and ports that are named exist', () => {
  const files = ['Dockerfile', 'redoubt.service', 'compose.yaml'].map(read)
  const paths = files.flatMap((text) =>
    [...text.matchAll(/\/opt\/redoubt\/([\w./-]+)/g)].map(([, path = '']) => path),
  )
  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, list = '']) =>
    list.split(' '),
  )
  assert.ok(paths.length >= 4 && copied.length >= 5)
  for (const path of [...paths, ...copied]) assert.ok(existsSync(join(root, path)), path)
  for (const option of ['--host', '--data'])
    assert.ok(
      serve?.options.some(({ long }) => long === option) && files.some((text) => text.includes(option)),
      option,
    )
  const exposed = /^EXPOSE (.*)$/m.exec(read('Dockerfile'))?.[1]?.split(' ') ?? []
  assert.equal(exposed.length, 3)
  for (const port of exposed) {
    assert.ok(
      serve?.options.some(({ defaultValue }) => defaultValue === Number(port)),
      port,
    )
    assert.ok(read('compose.yaml').includes(`${port}:${port}'`), port)
  }
  // What is copied must reach the build, and nothing else does.
  const context = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  assert.ok(context.includes('*'))
  for (const path of copied) assert.ok(context.includes(`!${path}`), path)
  assert.match(read('Dockerfile'), /^HEALTHCHECK .*_redoubt\/health/m)
  // Functions are started from there, and Docker's default is noexec.
  assert.match(read('compose.yaml'), /tmpfs: \['\/tmp:exec', '\/var\/tmp:exec'\]/)
  assert.match(read('compose.yaml'), /dockerfile: examples\/deploy\/Dockerfile/)
  assert.match(read('compose.yaml'), /data:\/var\/lib\/redoubt/)
})

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

test('deploy: systemd takes the unit', { skip: !hasSystemd && 'systemd is not here' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-unit-'))
  try {
    // The package stands here in place of /opt/redoubt: the program that is named must be there.
    const unit = join(folder, 'redoubt.service')
    writeFileSync(unit, read('redoubt.service').replaceAll('/opt/redoubt/', `${root}/`))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
      encoding: 'utf8',
    })
    assert.doesNotMatch(stderr, /redoubt\.service/)
    assert.equal(status, 0, stderr)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

// Goal: what docs/guide/migration.md gives to people who bring tests works as it stands.
// Method: its Python blocks are run as one program, with the real boto3 against a `--dev` server, by a stand-in for pytest that has the two
// names that they use; its `aws configure` lines make a profile, which the real AWS CLI then calls with.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { directoryFor, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/guide/migration.md'), 'utf8')
const python = findPython(pythonClients)
const options = { skip: !python.ready && python.why, timeout: 120_000 }

/** Runs each test of the module with its fixture, as pytest would. */
const runner = `
import contextlib, re, sys, types

@contextlib.contextmanager
def raises(kind, match):
    try:
        yield
    except kind as error:
        assert re.search(match, str(error)), error
    else:
        raise AssertionError(f"{kind} was not raised")

sys.modules["pytest"] = types.SimpleNamespace(fixture=lambda function: function, raises=raises)
names = {}
exec(open("page.py").read(), names)
for name in [name for name in names if name.startswith("test_")]:
    names[name](names["cloud"]())
    print(name)
`

test(
  'migration: the fixture gives each test a new cloud, and what is not allowed is refused',
  options,
  async (t) => {
    assert.ok(python.ready)
    const server = await serverFor(t, { dev: true })
    const folder = directoryFor(t)
    const blocks = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map(([, block = '']) => block)
    assert.equal(blocks.length, 2)
    writeFileSync(join(folder, 'page.py'), blocks.join('\n'))
    writeFileSync(join(folder, 'run.py'), runner)
    const env = { PATH: process.env['PATH'], HOME: folder, AWS_ENDPOINT_URL: server.url }
    const printed = execFileSync(python.python, ['run.py'], { cwd: folder, env, encoding: 'utf8' })
    assert.deepEqual(printed.trim().split('\n'), ['test_a_reader_makes_nobody', 'test_starts_anew'])
  },
)

test('migration: the profile leads here', options, async (t) => {
  assert.ok(python.ready)
  const server = await serverFor(t, { dev: true })
  const home = directoryFor(t)
  const lines = page.split('\n').filter((line) => line.startsWith('  aws configure'))
  assert.equal(lines.length, 4)
  const call = 'aws --profile redoubt sts get-caller-identity --query Arn --output text'
  const script = [...lines.map((line) => line.replace('http://127.0.0.1:4566', server.url)), call].join('\n')
  const path = [dirname(python.program('aws')), process.env['PATH'] ?? ''].join(delimiter)
  const env = { PATH: path, HOME: home }
  const printed = execFileSync('bash', ['-e', '-c', script], { env, encoding: 'utf8' })
  assert.equal(printed.trim(), 'arn:aws:iam::000000000000:user/test')
})

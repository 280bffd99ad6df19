// Goal: what the documents tell people to type works.
// Method: every `aws` and `terraform` command in a shell block of README.md, docs/guide/clients.md and docs/services is run as written, by a
// shell, with the real client against a fresh server; every file that a document links to exists; every option that the guide lists is one of the command.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { environment } from '../clients/aws-cli.ts'
import { directoryFor, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { findTerraform, openWorkspace } from '../set-up/terraform.ts'

const root = join(import.meta.dirname, '../..')
const python = findPython(pythonClients)
const terraform = findTerraform()
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Commands of the shell blocks of a document that begin so. */
function commands(file: string, program: string): readonly string[] {
  const blocks = [...read(file).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith(`${program} `))
}

test(
  'docs: the commands that they show work',
  { skip: !python.ready && python.why, timeout: 120_000 },
  async (t) => {
    assert.ok(python.ready)
    const server = await serverFor(t)
    assert.ok(server.administrator)
    const folder = mkdtempSync(join(tmpdir(), 'redoubt-docs-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const trust = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }
    writeFileSync(join(folder, 'trust.json'), JSON.stringify(trust))

    const documents = ['README.md', 'docs/guide/clients.md', ...globSync('docs/services/*.md', { cwd: root })]
    const shown = documents.flatMap((file) => commands(file, 'aws'))
    assert.ok(shown.length >= 5, `only ${shown.length} commands were found`)
    const env = environment(server.url, server.administrator, 'us-east-1')
    const path = `${dirname(python.program('aws'))}:${env.PATH ?? ''}`
    for (const command of shown) {
      const output = execFileSync('sh', ['-c', command], {
        cwd: folder,
        env: { ...env, PATH: path },
        encoding: 'utf8',
      })
      t.diagnostic(`${command} -> ${output.length} characters`)
    }
  },
)

test(
  'docs: the Terraform commands that they show work',
  { skip: !terraform.ready && terraform.why, timeout: 5 * 60_000 },
  async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t)
    assert.ok(server.administrator)
    const shown = commands('docs/guide/clients.md', 'terraform')
    assert.ok(shown.length >= 3, `only ${shown.length} commands were found`)
    const example =
      /^cd (?<example>examples\S+)$/m.exec(read('docs/guide/clients.md'))?.groups?.['example'] ?? ''
    const { directory, env } = openWorkspace(directoryFor(t), join(root, example), {
      mirror: terraform.mirror,
      url: server.url,
      credentials: server.administrator,
    })
    for (const command of shown)
      execFileSync('sh', ['-c', command], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  },
)

test('docs: every link leads somewhere', () => {
  const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root })
  assert.ok(files.length >= 10, `only ${files.length} documents were found`)
  const dead: string[] = []
  for (const file of files) {
    for (const [, target = ''] of read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (!/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(file), target)))
        dead.push(`${file}: ${target}`)
    }
  }
  assert.deepEqual(dead, [])
})

test('docs: the guide lists the options that the command has', () => {
  const help = execFileSync(process.execPath, [join(root, 'src/cli/redoubt.ts'), 'serve', '--help'], {
    encoding: 'utf8',
  })
  const options = (text: string) =>
    [...new Set(text.match(/(?<=^\s*|[`|] ?|, `)--[a-z]+/gm))].filter((option) => option !== '--help').sort()
  const guide = read('docs/guide/running.md')
  const table = guide.slice(guide.search(/^\| option\s/m), guide.indexOf('The first start'))
  assert.deepEqual(options(table), options(help.slice(0, help.indexOf('Examples:'))))
})

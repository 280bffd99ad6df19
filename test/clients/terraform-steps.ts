import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { devAdministrator, directoryFor, serverFor, type TestServer } from '../server.ts'
import { attachProvider, findTerraform, openWorkspace, type Workspace } from '../set-up/terraform.ts'

/** What `plan -detailed-exitcode` says. Source: Terraform CLI documentation, "terraform plan". */
const nothingToDo = 0
const somethingToDo = 2

/** Terraform with one example's configuration, unchanged, and a server of its own. Variables once named stay for what follows. */
export interface Stage {
  readonly server: TestServer
  /** Where Terraform runs. */
  readonly directory: string
  /** Makes all of it; a plan has nothing to do then. */
  readonly apply: (resources: number, ...variables: readonly string[]) => Promise<void>
  /** Plans and makes as many changes, all of them in place; a plan has nothing to do then. */
  readonly change: (changes: number, ...variables: readonly string[]) => Promise<void>
  /** Takes all of it away. */
  readonly destroy: (resources: number) => Promise<void>
  /** An output of the configuration. */
  readonly output: (name: string) => Promise<string>
  /** Forgets resources and finds them again by their ids, which changes nothing. */
  readonly readopt: (ids: readonly (readonly [resource: string, id: string])[]) => Promise<void>
}

/** A test that plays the life of examples/terraform/<example>; skipped where Terraform or its AWS provider is missing. */
export function terraformTest(
  name: string,
  { example, flags = [] }: { readonly example: string; readonly flags?: readonly string[] },
  play: (stage: Stage, t: TestContext) => Promise<void>,
): void {
  const terraform = findTerraform()
  void test(name, { skip: !terraform.ready && terraform.why, timeout: 8 * 60_000 }, async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t, { dev: true, flags })
    const folder = join(import.meta.dirname, '../../examples/terraform', example)
    const { mirror } = terraform
    const credentials = devAdministrator
    const workspace = openWorkspace(directoryFor(t), folder, { mirror, url: server.url, credentials })
    await play(stageOf(t, server, workspace), t)
  })
}

function stageOf(t: TestContext, server: TestServer, workspace: Workspace): Stage {
  const { directory, run } = workspace
  const variables: string[] = []
  let provider: Readonly<Record<string, string>> = {}
  let outputs: Readonly<Record<string, { readonly value: unknown }>> | undefined
  const succeed = async (...parameters: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(parameters, provider)
    assert.equal(code, 0, `terraform ${parameters.join(' ')}:\n${stdout}\n${stderr}`)
    outputs = undefined
    return stdout
  }
  const plan = async (wanted: number, ...options: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(
      ['plan', '-detailed-exitcode', ...options, ...variables],
      provider,
    )
    assert.equal(code, wanted, `${stdout}\n${stderr}`)
    t.diagnostic(/^(?:Plan:|No changes).*/m.exec(stdout)?.[0] ?? '')
  }
  return {
    server,
    directory,
    async apply(resources, ...more) {
      variables.push(...more)
      await succeed('init')
      provider = await attachProvider(t, workspace)
      const printed = await succeed('apply', ...variables)
      assert.match(printed, new RegExp(` ${resources} added, 0 changed, 0 destroyed`))
      await plan(nothingToDo)
    },
    async change(changes, ...more) {
      variables.push(...more)
      await plan(somethingToDo, '-out=changes')
      assert.match(await succeed('apply', 'changes'), new RegExp(` 0 added, ${changes} changed, 0 destroyed`))
      await plan(nothingToDo)
    },
    async destroy(resources) {
      assert.match(await succeed('destroy', ...variables), new RegExp(` ${resources} destroyed`))
    },
    async output(name) {
      outputs ??= JSON.parse(await succeed('output', '-json')) as NonNullable<typeof outputs> // Its documented form.
      return String(outputs[name]?.value).trim()
    },
    async readopt(ids) {
      await succeed('state', 'rm', ...ids.map(([resource]) => resource))
      const blocks = ids.map(([to, id]) => `import {\n  to = ${to}\n  id = ${JSON.stringify(id)}\n}\n`)
      writeFileSync(join(directory, 'imports.tf'), blocks.join('\n'))
      const printed = await succeed('apply', ...variables)
      assert.match(printed, new RegExp(` ${ids.length} imported, 0 added, 0 changed, 0 destroyed`))
    },
  }
}

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Workspace } from '../set-up/terraform.ts'

/** What `plan -detailed-exitcode` says. Source: Terraform CLI documentation, "terraform plan". */
export const nothingToDo = 0
export const somethingToDo = 2

/** Terraform's commands in a workspace, as a test's steps. */
export function expecting(t: TestContext, { run }: Workspace) {
  return {
    /** Runs a command that must succeed; gives what it printed. */
    succeed: async (...parameters: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await run(...parameters)
      assert.equal(code, 0, `terraform ${parameters.join(' ')}:\n${stdout}\n${stderr}`)
      return stdout
    },
    /** Says whether there is anything to do; what exactly stands among the test's diagnostics. */
    plan: async (...parameters: readonly string[]): Promise<number | null> => {
      const { code, stdout, stderr } = await run('plan', '-detailed-exitcode', ...parameters)
      if (code === somethingToDo || code === nothingToDo)
        t.diagnostic(/^(?:Plan:|No changes).*/m.exec(stdout)?.[0] ?? '')
      else t.diagnostic(`${stdout}\n${stderr}`)
      return code
    },
  }
}

// Goal: docs/guide/first-steps.md leads a reader from nothing to an attacker who is kept out.
// Method: every shell block but the one that installs and starts is typed as it stands into one shell, with the real AWS CLI, against a server
// that has just made its first account; what the page shows must have been printed. Ports alone are exchanged for free ones.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { probe } from '#core/ports.ts'
import { environment } from '../clients/aws-cli.ts'
import { administratorOf, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { assertShown, type, typedIn } from './typed.ts'

const python = findPython(pythonClients)

test(
  'first steps: what the page has its reader type works, and shows what it says',
  { skip: !python.ready && python.why, timeout: 5 * 60_000 },
  async (t) => {
    assert.ok(python.ready)
    const [edgePort, tlsPort, appPort] = [await freePort(), await freePort(), await freePort()]
    const flags = ['--edge-port', String(edgePort), '--edge-tls-port', String(tlsPort), '--edge-workers', '1']
    const server = await serverFor(t, { flags })
    const home = mkdtempSync(join(tmpdir(), 'redoubt-first-steps-'))
    t.after(() => rmSync(home, { recursive: true }))
    // The reader's own npm, with its settings; nothing of the machine's own AWS configuration.
    const env = {
      ...process.env,
      ...{ npm_config_userconfig: join(homedir(), '.npmrc'), npm_config_cache: join(homedir(), '.npm') },
      ...{ AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined },
      ...environment(server.url, administratorOf(server), 'us-east-1'),
    }
    const path = [dirname(python.program('aws')), dirname(process.execPath), env.PATH ?? ''].join(delimiter)

    const [install, ...rest] = typedIn('docs/guide/first-steps.md')
    assert.match(install?.commands ?? '', /^npm ci\nnpm start$/m)
    assert.ok(rest.length >= 12, `only ${rest.length} blocks were found`)
    const blocks = rest.map((block) => ({
      ...block,
      commands: block.commands.replaceAll('8080', String(edgePort)).replaceAll('3000', String(appPort)),
    }))
    const { printed, failed } = await type(blocks, { cwd: home, env: { ...env, PATH: path, HOME: home } })

    t.diagnostic(printed.join(''))
    for (const [at, { shown }] of blocks.entries())
      if (shown !== undefined) assertShown(shown, printed[at] ?? '')
    assert.equal(blocks.filter(({ shown }) => shown !== undefined).length, 9)
    assert.deepEqual(failed, ['aws iam create-user --user-name mallory'])
  },
)

async function freePort(): Promise<number> {
  const probed = await probe('127.0.0.1', 0)
  assert.ok('port' in probed)
  return probed.port
}

// Checks what can be checked without running, sets up the clients that tests drive, and runs every test; or, without those checks, some tests:
// `node scripts/test.ts [file or glob …]`. Ends with Node's counts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { Readable } from 'node:stream'
import { spec } from 'node:test/reporters'
import { compileCacheDirectory } from '../src/cli/compile-cache.ts'
import { findBrowser, installBrowser } from '../test/set-up/browser.ts'
import { findDig, installDig } from '../test/set-up/dig.ts'
import { findPython, installPython, logAgents, pythonClients } from '../test/set-up/python.ts'
import { skippedWithoutRoot } from '../test/set-up/root.ts'
import { findShells, installShells } from '../test/set-up/shells.ts'
import { findSops } from '../test/set-up/sops.ts'
import { findTerraform } from '../test/set-up/terraform.ts'
import { findTokenSoftware, installTokenSoftware } from '../test/set-up/token.ts'
import { asOneRun, runLanes } from './test-lanes.ts'

const named = process.argv.slice(2)
const patterns = named.length > 0 ? named : ['src/**/*.test.ts', 'test/**/*.test.ts']
// What starts servers takes longest and begins first, so that nothing long is left for the end.
const startsServers = (file: string): boolean => file.startsWith('test/')
const files = globSync(patterns).sort(
  (a, b) => Number(startsServers(b)) - Number(startsServers(a)) || (a < b ? -1 : 1),
)
assert.ok(files.length > 0, `no test file matches ${patterns.join(' ')}`)
/** These wait for timers most of their time, Terraform's provider for its own: they go beside the others, whom they take little from. */
const waits = (file: string): boolean => startsServers(file) && /terraform|reload|scheduler/.test(file)

// Each file is a process of its own: what Node compiled for one serves those that follow.
process.env['NODE_COMPILE_CACHE'] = compileCacheDirectory

// Beside the set-up, which waits for others' servers and disks.
const checks =
  named.length === 0 && once(spawn('npm', ['run', '--silent', 'check:static'], { stdio: 'inherit' }), 'exit')
console.log('Setting up the AWS CLI and boto3 (once; needs Python 3 and PyPI) ...')
const python = installPython(pythonClients)
if (!python.ready)
  console.log(`NOTICE: tests of the AWS CLI and boto3 are skipped, and counted below: ${python.why}`)
console.log('Setting up watchtower (once; needs Python 3 and PyPI) ...')
const agents = installPython(logAgents)
if (!agents.ready) console.log(`NOTICE: tests of log agents are skipped, and counted below: ${agents.why}`)
console.log('Setting up SoftHSM, pkcs11js and Chromium (once; needs apt-get as root, and a C++ compiler) ...')
const token = installTokenSoftware()
if (!token.ready) console.log(`NOTICE: tests of PKCS#11 tokens are skipped, and counted below: ${token.why}`)
const browser = installBrowser()
if (!browser.ready) console.log(`NOTICE: tests with a browser are skipped, and counted below: ${browser.why}`)

const dig = installDig()
if (!dig.ready) console.log(`NOTICE: the test with dig is skipped, and counted below: ${dig.why}`)

const shells = installShells()
if (!shells.ready)
  console.log(`NOTICE: completion in zsh and fish is not tested, and counted below: ${shells.why}`)

const terraform = findTerraform()
if (!terraform.ready)
  console.log(`NOTICE: tests of Terraform are skipped, and counted below: ${terraform.why}`)

const sops = findSops()
if (!sops.ready) console.log(`NOTICE: the test of sops is skipped, and counted below: ${sops.why}`)

if (checks) {
  const [code] = (await checks) as [number | null]
  if (code !== 0) process.exit(1)
}

/** What tests say who cannot run for want of what could not be set up; nothing else has a reason to be skipped. */
const reasons = [
  findPython(pythonClients),
  findPython(logAgents),
  findTokenSoftware(),
  findBrowser(),
  findDig(),
  findShells(),
  terraform,
  sops,
]
  .flatMap((one) => (one.ready ? [] : [one.why]))
  .concat(skippedWithoutRoot === false ? [] : skippedWithoutRoot)
const skips: string[] = []
// The lane that is shown as it goes stands first.
const lanes = runLanes([
  { files: files.filter((file) => !waits(file)), concurrency: 2 },
  { files: files.filter(waits), concurrency: 1 },
])
for (const lane of lanes)
  lane
    .on('test:pass', ({ name, skip }) => {
      if (skip !== undefined && !reasons.includes(String(skip))) skips.push(`${name}: ${String(skip)}`)
    })
    .on('test:fail', () => {
      process.exitCode = 1
    })
Readable.from(asOneRun(lanes))
  .once('end', () => {
    if (skips.length === 0) return
    console.error(
      `${skips.length} tests were skipped, and nothing that could not be set up is the reason:\n  ${skips.join('\n  ')}`,
    )
    process.exitCode = 1
  })
  .compose(spec)
  .pipe(process.stdout)

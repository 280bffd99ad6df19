import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What tests of PKCS#11 tokens need, or why it is not there. */
export type TokenSoftware =
  | {
      readonly ready: true
      /** SoftHSM's PKCS#11 library. */
      readonly module: string
      /** A folder for NODE_PATH, in which pkcs11js is. */
      readonly packages: string
    }
  | { readonly ready: false; readonly why: string }

/** The version that Redoubt is tested with. */
const packageVersion = '2.1.7'
/** Git ignores it. */
const folder = join(import.meta.dirname, '../../.pkcs11')
const packages = join(folder, 'node_modules')
/** Where distributions put SoftHSM's library. */
const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm.so',
  '/usr/lib64/pkcs11/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
]
const installMsMax = 5 * 60_000

/** Looks for SoftHSM and pkcs11js, without installing them. */
export function findTokenSoftware(): TokenSoftware {
  const module = modules.find((path) => existsSync(path))
  if (module === undefined || !existsSync(join(packages, 'pkcs11js/build/Release/pkcs11.node')))
    return {
      ready: false,
      why: 'SoftHSM or pkcs11js is not installed (npm test installs them, or says why it cannot)',
    }
  return { ready: true, module, packages }
}

/** Installs what is missing: SoftHSM by apt-get, as root; pkcs11js by npm, which compiles it against this Node's own headers. */
export function installTokenSoftware(): TokenSoftware {
  const found = findTokenSoftware()
  if (found.ready) return found
  if (!modules.some((path) => existsSync(path))) {
    const why = run('apt-get', ['install', '--yes', '--quiet', 'softhsm2'])
    if (why !== undefined) return { ready: false, why }
  }
  if (!existsSync(join(packages, 'pkcs11js/build/Release/pkcs11.node'))) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    // The package `node` brings its headers; without them the compiler's driver would fetch them from elsewhere.
    const why = run(
      'npm',
      ['install', '--prefix', folder, '--no-audit', '--no-fund', `pkcs11js@${packageVersion}`],
      headersOfNode(),
    )
    if (why !== undefined) return { ready: false, why }
  }
  return findTokenSoftware()
}

function headersOfNode(): string {
  const requireHere = createRequire(import.meta.url)
  const requireOfNode = createRequire(requireHere.resolve('node/package.json'))
  return dirname(requireOfNode.resolve(`node-${process.platform}-${process.arch}/package.json`))
}

/** Undefined when all went well, else why not. */
function run(command: string, parameters: readonly string[], nodedir = ''): string | undefined {
  const { error, status, stderr } = spawnSync(command, parameters, {
    encoding: 'utf8',
    timeout: installMsMax,
    env: {
      ...process.env,
      DEBIAN_FRONTEND: 'noninteractive',
      ...(nodedir && { npm_config_nodedir: nodedir }),
    },
  })
  if (!error && status === 0) return undefined
  const said = error?.message ?? stderr.trim().split('\n').at(-1)
  return `'${command} ${parameters.slice(0, 2).join(' ')}' failed: ${said === '' ? 'it said nothing' : said}`
}

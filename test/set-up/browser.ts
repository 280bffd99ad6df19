import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A browser for tests of pages, or why there is none. */
export type Browser =
  { readonly ready: true; readonly program: string } | { readonly ready: false; readonly why: string }

const names = ['chromium', 'chromium-browser', 'google-chrome']
const installMsMax = 5 * 60_000

/** Looks for Chromium, without installing it. */
export function findBrowser(): Browser {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const program = folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => isProgram(path))
  return program === undefined
    ? { ready: false, why: 'Chromium is not installed (npm test installs it, or says why it cannot)' }
    : { ready: true, program }
}

/** Installs Chromium where it is missing: by apt-get, as root. */
export function installBrowser(): Browser {
  const found = findBrowser()
  if (found.ready) return found
  const { error, status, stderr } = spawnSync('apt-get', ['install', '--yes', '--quiet', 'chromium'], {
    encoding: 'utf8',
    timeout: installMsMax,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status === 0) return findBrowser()
  const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? ''
  return { ready: false, why: `apt-get install chromium failed: ${why}` }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

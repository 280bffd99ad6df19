import { spawnSync } from 'node:child_process'

/** zsh and fish, or why they are not both there. */
export type Shells = { readonly ready: true } | { readonly ready: false; readonly why: string }

const installMsMax = 5 * 60_000
const names = ['zsh', 'fish'] as const

/** Looks for both, without installing them. */
export function findShells(): Shells {
  const missing = names.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status !== 0)
  if (missing.length === 0) return { ready: true }
  return {
    ready: false,
    why: `${missing.join(' and ')} not installed (npm test installs zsh and fish as root, or says that it cannot)`,
  }
}

/** Installs what is missing: by apt-get, as root. */
export function installShells(): Shells {
  const found = findShells()
  if (found.ready) return found
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', ...names]
  spawnSync('apt-get', install, { stdio: 'ignore', timeout: installMsMax })
  return findShells()
}

import { spawnSync } from 'node:child_process'

/** The program `dig`, or why there is none. */
export type Dig = { readonly ready: true } | { readonly ready: false; readonly why: string }

const installMsMax = 5 * 60_000

/** Looks for `dig`, without installing it. */
export function findDig(): Dig {
  if (spawnSync('dig', ['-v'], { stdio: 'ignore' }).status === 0) return { ready: true }
  return {
    ready: false,
    why: 'dig is not installed (npm test installs bind9-dnsutils as root, or says that it cannot)',
  }
}

/** Installs it where it is missing: by apt-get, as root. */
export function installDig(): Dig {
  const found = findDig()
  if (found.ready) return found
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', 'bind9-dnsutils']
  spawnSync('apt-get', install, { stdio: 'ignore', timeout: installMsMax })
  return findDig()
}

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The program `sops`, or why there is none. */
export type Sops =
  { readonly ready: true; readonly program: string } | { readonly ready: false; readonly why: string }

/** Looks for `sops` on the PATH and where Go installs programs. It builds nothing: that takes several minutes. */
export function findSops(): Sops {
  const goPath = process.env['GOPATH'] ?? join(homedir(), 'go')
  const places = ['sops', join(process.env['GOBIN'] ?? join(goPath, 'bin'), 'sops')]
  const program = places.find(
    (place) =>
      (place === 'sops' || existsSync(place)) &&
      spawnSync(place, ['--version', '--disable-version-check'], { stdio: 'ignore' }).status === 0,
  )
  if (program !== undefined) return { ready: true, program }
  const build = 'go install github.com/getsops/sops/v3/cmd/sops@v3.13.3'
  return { ready: false, why: `sops is not installed ('${build}' builds it, in several minutes)` }
}

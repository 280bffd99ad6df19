import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { countryPackage } from '#edge/geo/index.ts'

/** What `redoubt geo update` was told. */
export interface GeoOptions {
  readonly data: string
}

/**
 * Brings the newest data about addresses into the data directory, by npm, which checks its integrity; a server that runs takes it within a
 * minute. Sets the exit code 1 where npm fails, whose own words say why.
 */
export async function updateGeo({ data }: GeoOptions): Promise<void> {
  const folder = join(resolve(data), 'geo')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  console.log(`Fetching ${countryPackage} …`)
  const npm = spawn(
    'npm',
    [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${countryPackage}@latest`,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const code = await new Promise<unknown>((resolve) => npm.once('exit', resolve).once('error', resolve))
  if (code === 0) {
    console.log(`The newest data is in ${folder}.`)
    return
  }
  console.error(
    `redoubt: the data was not brought: ${code instanceof Error ? code.message : 'npm failed'}. Is npm there, and its registry reachable? What was there before stays.`,
  )
  process.exitCode = 1
}

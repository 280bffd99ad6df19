// Goal: docs/dependencies.md gives a reason for what is depended on, and package-lock.json lets `npm ci` pass on every platform.
// Method: read package.json, the page and the lock file, and compare.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')

type Versions = Readonly<Record<string, string>>

interface Manifest {
  readonly dependencies: Versions
  readonly devDependencies: Versions
}

/** A package in the lock file; the key is where it is installed: `node_modules/a/node_modules/b`. */
interface Locked {
  readonly optionalDependencies?: Versions
}

const manifest = read<Manifest>('package.json')
const locked = new Map(
  Object.entries(read<{ packages: Record<string, Locked> }>('package-lock.json').packages),
)

test('dependencies: the table names those of run time, and no other', () => {
  const rows = [...page.matchAll(/^\| `(?<name>[^`]+)` +\|/gm)].map(({ groups }) => groups?.['name'] ?? '')
  assert.ok(rows.length > 0)
  assert.deepEqual(rows.toSorted(), Object.keys(manifest.dependencies).toSorted())
})

test('dependencies: each of development is named, a family by what its names begin with', () => {
  const names = Object.keys(manifest.devDependencies)
  assert.ok(names.length > 10)
  assert.deepEqual(
    names.filter((name) => !page.includes(`\`${family(name)}\``)),
    [],
  )
})

test('dependencies: the lock file has what is optional, of all platforms', () => {
  let wanted = 0
  const missing: string[] = []
  for (const [place, { optionalDependencies = {} }] of locked) {
    for (const name of Object.keys(optionalDependencies)) {
      wanted += 1
      if (!isFound(name, place)) missing.push(`${name}, of ${place}`)
    }
  }
  assert.ok(wanted > 10, `only ${wanted} were looked for`)
  assert.deepEqual(missing, [])
})

/** Whether Node's resolution finds a package from where another is installed. */
function isFound(name: string, from: string): boolean {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    if (locked.has(place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`)) return true
    if (place === '') return false
  }
}

function family(name: string): string {
  return name.startsWith('@aws-sdk/client-') ? '@aws-sdk/client-*' : name
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as T // npm's own format.
}

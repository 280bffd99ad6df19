// Writes dist/ (or the folder named): the package as it is published, JavaScript with type declarations, models and data.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** What of package.json a build reads. */
interface Package {
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly [other: string]: unknown
}

const root = join(import.meta.dirname, '..')
/** The command. A clone has bin/redoubt before it, which finds the Node that `npm ci` brought. */
const program = 'src/cli/redoubt.ts'
const dist = resolve(process.argv[2] ?? join(root, 'dist'))
/** Within the tree, so that tsc finds its packages; ignored by git as all of dist/. */
const staging = join(root, `dist/.staging-${process.pid}`)
const stated = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package // Our own.

rmSync(dist, { recursive: true, force: true })
try {
  stage()
  compile()
} finally {
  rmSync(staging, { recursive: true, force: true })
}
for (const folder of ['models', 'data']) cpSync(join(root, folder), join(dist, folder), { recursive: true })
for (const file of ['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md'])
  cpSync(join(root, file), join(dist, file))
chmodSync(join(dist, compiled(program)), 0o755)
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(stated), null, 2)}\n`)
console.log(`${dist} is ready: 'npm pack' packs it, 'npm publish' publishes it.`)

/**
 * Copies the sources with their imports naming the JavaScript that they become. tsc itself does so for relative imports only
 * (error TS2877), and not in declarations.
 */
function stage(): void {
  for (const file of globSync('src/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })) {
    const source = readFileSync(join(root, file), 'utf8')
    write(
      join(staging, file),
      source.replace(/(?<=\b(?:from |import |import\()')([.#][^'\n]*)(?<!\.d)\.ts(?=')/g, '$1.js'),
    )
  }
  cpSync(join(root, 'models'), join(staging, 'models'), { recursive: true })
  cpSync(join(root, 'package.json'), join(staging, 'package.json'))
}

function compile(): void {
  const options = {
    noEmit: false,
    declaration: true,
    allowImportingTsExtensions: false,
    rootDir: '.',
    outDir: dist,
  }
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: options,
    include: ['src'],
    exclude: [],
  }
  write(join(staging, 'tsconfig.json'), JSON.stringify(configuration))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', staging], { stdio: 'inherit' })
  assert.equal(status, 0, 'tsc compiles the sources')
}

/** package.json of the published package: the same names, pointing to what was compiled. */
function published(source: Package): object {
  const { name, version, description, license, type, exports, imports, dependencies } = source
  const ours = { name, version, description, license, type, engines: { node: '>=24' }, imports }
  return {
    ...ours,
    bin: { redoubt: compiled(program) },
    exports: mapValues(exports, (file) => ({ types: declared(file), default: compiled(file) })),
    dependencies: dependenciesOf(dependencies),
  }
}

/**
 * The declared dependencies but `node`, which brings a clone the Node that it runs on, where a published package states `engines`.
 * What compiled code imports must be among them.
 */
function dependenciesOf(all: Package['dependencies']): Package['dependencies'] {
  for (const file of globSync('src/**/*.js', { cwd: dist }))
    for (const name of packagesIn(readFileSync(join(dist, file), 'utf8')))
      assert.ok(Object.hasOwn(all, name), `the product imports ${name}, which is no dependency of it`)
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'node'))
}

/** The packages that a compiled file imports. */
function packagesIn(code: string): readonly string[] {
  return [
    ...code.matchAll(/(?:^(?:import|export)\b(?:[^'"\n]*\bfrom)? ?|\bimport\()['"](?<from>[^'"]+)['"]/gm),
  ]
    .map(({ groups }) => groups?.['from'] ?? '')
    .filter((from) => !/^[.#]/.test(from) && !isBuiltin(from))
    .map((from) => from.split('/', from.startsWith('@') ? 2 : 1).join('/'))
}

function compiled(source: string): string {
  return source.replace(/\.ts$/, '.js')
}

function declared(source: string): string {
  return source.replace(/\.ts$/, '.d.ts')
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

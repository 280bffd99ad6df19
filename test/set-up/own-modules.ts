// Loaded by `--import` before a process under test: finds our own modules by their names alone. Node itself looks at files, links and package.json for each of
// the 1,500 modules of a server, which is more than a third of what its start costs. The same files are loaded.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../../', import.meta.url)
const { imports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly imports: Readonly<Record<string, string>> // Our own.
}
/** By what names begin with, such as `#core/`. */
const folders = new Map(
  Object.entries(imports)
    .filter(([name]) => name.endsWith('/*'))
    .map(([name, folder]) => [name.slice(0, -1), new URL(folder.slice(0, -1), root).href]),
)

registerHooks({
  resolve(specifier, context, next) {
    const url = placeOf(specifier, context.parentURL)
    return url === undefined
      ? next(specifier, context)
      : { url, format: 'module-typescript', shortCircuit: true }
  },
})

function placeOf(specifier: string, parent = ''): string | undefined {
  if (!specifier.endsWith('.ts') || !parent.startsWith(root.href)) return undefined
  if (specifier.startsWith('.')) return new URL(specifier, parent).href
  const at = specifier.indexOf('/') + 1
  const folder = folders.get(specifier.slice(0, at))
  return folder === undefined ? undefined : folder + specifier.slice(at)
}

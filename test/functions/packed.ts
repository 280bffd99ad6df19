// What an ordinary packing tool puts beside a handler: a package of node_modules with all that it depends on.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const modules = join(import.meta.dirname, '../../node_modules')

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}

/** The files of these packages, as CommonJS, under node_modules. */
export function packed(
  ...names: readonly string[]
): readonly { readonly name: string; readonly content: Buffer }[] {
  const folders = new Set<string>()
  const add = (name: string, from: string): void => {
    const nested = join(from, 'node_modules', name)
    const folder = existsSync(nested) ? nested : join(modules, name)
    if (folders.has(folder)) return
    folders.add(folder)
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest // npm's own.
    for (const dependency of Object.keys(dependencies)) add(dependency, folder)
  }
  for (const name of names) add(name, modules)
  return [...folders].flatMap((folder) =>
    globSync('{package.json,*.js,*.cjs,dist-cjs/**/*.{js,json},{build,dist,lib,src}/**/*.{js,cjs,json}}', {
      cwd: folder,
    }).map((file) => ({
      name: join('node_modules', folder.slice(modules.length + 1), file),
      content: readFileSync(join(folder, file)),
    })),
  )
}

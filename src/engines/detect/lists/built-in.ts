import { parseList } from './formats.ts'
import type { EntityList } from './listings.ts'

/** The files of data/threat-lists that come with Redoubt. */
export const builtInFiles = ['command-and-control.txt', 'cryptocurrency.txt'] as const

const meanings: { readonly [File in (typeof builtInFiles)[number]]: Pick<EntityList, 'name' | 'means'> } = {
  'command-and-control.txt': { name: 'Redoubt test domains', means: 'command-and-control' },
  'cryptocurrency.txt': { name: 'Redoubt mining pools', means: 'cryptocurrency' },
}

/** The lists that come with Redoubt; whoever has files reads them. */
export function builtInLists(textOf: (file: string) => string): readonly EntityList[] {
  return builtInFiles.flatMap((file) => {
    const entries = parseList('TXT', textOf(file), 'threat')
    return 'refused' in entries ? [] : [{ ...meanings[file], ...entries }]
  })
}

// Goal: whoever comes through a folder's door or the package's own reads what each thing is for where it stands.
// Method: read what every index.ts declares or hands on, and look for the docstring above its declaration. Without one may stand, since what
// they are is said elsewhere in the same file: a type that names the members of a list or table, and `create…`, where the type that it gives
// has a docstring.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const handedOn = /^export (?:type )?\{([^}]*)\} from '(\.[^']*)'/gm
const declared =
  /(?<docstring>\*\/\n)?^export (?:declare )?(?:abstract )?(?:async )?(?<kind>function\*?|class|interface|type|const) (?<name>\w+)(?<rest>[^\n]*)/gm

/** The names that a file declares and exports, each with whether it says what it is. */
function declarations(text: string): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  for (const { index, groups } of text.matchAll(declared)) {
    const { docstring, kind = '', name = '', rest = '' } = groups ?? {}
    const named = kind === 'type' && /^ = (?:keyof typeof \w+|\(typeof \w+\)\[number\])$/.test(rest)
    const made = name.startsWith('create') && /\): (\w+) \{$/m.exec(text.slice(index))?.[1]
    const isSaid = docstring !== undefined || named || (made !== false && isDescribed(text, made))
    found.set(name, found.get(name) === true || isSaid) // Overloads share the first one's.
  }
  return found
}

function isDescribed(text: string, type: string | undefined): boolean {
  return new RegExp(String.raw`\*/\nexport (?:interface|type|class) ${type}\b`).test(text)
}

/** What a door shows: each name, and the file that it comes from. */
function shownBy(door: string): readonly (readonly [file: string, name: string])[] {
  const text = read(door)
  const own = [...declarations(text).keys()].map((name) => [door, name] as const)
  const others = [...text.matchAll(handedOn)].flatMap(([, names = '', path = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/ as .*/, ''),
      )
      .filter((name) => name !== '')
      .map((name) => [join(dirname(door), path), name] as const),
  )
  return [...own, ...others]
}

test('whatever a door shows says what it is', () => {
  const doors = globSync('src/**/index.ts', { cwd: root })
  assert.ok(doors.length > 30, `only ${doors.length} doors were read`)
  const shown = doors.flatMap(shownBy)
  const known = shown.filter(([file, name]) => declarations(read(file)).has(name))
  assert.ok(known.length > 500, `only ${known.length} of ${shown.length} names were found`)
  const silent = known.filter(([file, name]) => declarations(read(file)).get(name) === false)
  assert.deepEqual([...new Set(silent.map(([file, name]) => `${file} ${name}`))].toSorted(), [])
})

test('the rule sees what it forbids', () => {
  const text = [
    '/** A door. */',
    'export interface Door {',
    '}',
    '',
    'export function createDoor(): Door {',
    'export function createWall(): Wall {',
    'export const names = [',
    'export type Name = (typeof names)[number]',
    'export type Width = number',
    '/** Opens it. */',
    'export function open(door: Door): void',
    'export function open(door: string): void',
  ].join('\n')
  assert.deepEqual(Object.fromEntries(declarations(text)), {
    Door: true,
    createDoor: true,
    createWall: false,
    names: false,
    Name: true,
    Width: false,
    open: true,
  })
})

const texts = new Map<string, string>()
const root = `${import.meta.dirname}/../..`

function read(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8')
  texts.set(file, text)
  return text
}

import { patternCheck } from '#wire/pattern.ts'
import type { Shape, StringShape } from '#wire/shapes.ts'
import type { OperationModel } from '#wire/index.ts'
import { CannotGenerate, Generator } from '../wire/generate.ts'
import type { Cloud } from './cloud.ts'
import { mark } from './plants.ts'

/** What names the victim's things: each text of its documents, with the members that hold it. */
export interface Names {
  readonly byMember: ReadonlyMap<string, ReadonlySet<string>>
  readonly byService: ReadonlyMap<string, ReadonlySet<string>>
}

const textMax = 300

/** Reads names out of all that an account has stored. What is marked, or sealed, names nothing. */
export function namesOf({ store }: Cloud, account: string): Names {
  const byMember = new Map<string, Set<string>>()
  const byService = new Map<string, Set<string>>()
  const add = (map: Map<string, Set<string>>, key: string, text: string) =>
    map.set(key, (map.get(key) ?? new Set()).add(text))
  const gather = (service: string, member: string, value: unknown): void => {
    if (typeof value === 'string' && value !== '' && value.length <= textMax && !value.includes(mark)) {
      add(byMember, member.toLowerCase(), value)
      add(byService, service, value)
    } else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value))
        if (!name.startsWith('sealed')) gather(service, Array.isArray(value) ? member : name, inner)
  }
  for (const { service, type, id, document, account: owner } of store.read.everything()) {
    if (owner !== account) continue
    gather(service, 'id', id)
    for (const member of ['name', 'id', 'arn'])
      gather(service, `${type}${member}`, (document as Readonly<Record<string, unknown>>)[member])
    gather(service, '', document)
  }
  return { byMember, byService }
}

/** Makes inputs of operations, valid by their models, that name what is somebody's. */
export class Aim {
  readonly #random: () => number
  readonly #names: Names
  readonly #generator: Generator
  readonly #service: string

  constructor(random: () => number, names: Names, service: string) {
    this.#random = random
    this.#names = names
    this.#service = service
    this.#generator = new Generator(random, {
      protocol: 'json-1.1',
      knows: (_shape, { required }) => required || random() < 0.25,
    })
  }

  /** Undefined where no value satisfies the model. */
  input({ input }: OperationModel): Record<string, unknown> | undefined {
    try {
      return this.#aimed(input, this.#generator.structure(input), '') as Record<string, unknown> // Of a structure.
    } catch (error) {
      if (error instanceof CannotGenerate) return undefined
      throw error
    }
  }

  #aimed(shape: Shape, value: unknown, name: string): unknown {
    if (shape.type === 'string') return this.#text(shape, name) ?? value
    if (shape.type === 'list' && Array.isArray(value))
      return value.map((item) => this.#aimed(shape.member.shape, item, name))
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
      return value
    if (shape.type === 'map')
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          String(this.#aimed(shape.key.shape, key, name)),
          this.#aimed(shape.value.shape, item, name),
        ]),
      )
    if (shape.type !== 'structure') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const member = shape.members.find((each) => each.name === key)
        return [key, member ? this.#aimed(member.shape, item, key) : item]
      }),
    )
  }

  #text(shape: StringShape, name: string): string | undefined {
    if (shape.enum) return undefined
    const matches = shape.pattern === undefined ? () => true : patternCheck(shape.pattern)
    const { min = 0, max = Infinity } = shape
    const fits = (text: string) => text.length >= min && text.length <= max && matches(text)
    const named = this.#pick(this.#closest(name).filter(fits))
    if (named !== undefined && this.#random() < 0.8) return named
    return this.#pick([...(this.#names.byService.get(this.#service) ?? [])].filter(fits)) ?? named
  }

  /** Texts of members that are called so; where there are none, or now and then, of those whose name ends so. */
  #closest(name: string): readonly string[] {
    const wanted = name.toLowerCase()
    const own = this.#names.byService.get(this.#service)
    const exact = [
      ...(this.#names.byMember.get(wanted) ?? this.#names.byMember.get(wanted.replace(/s$/, '')) ?? []),
    ]
    if (exact.length > 0 && this.#random() < 0.8) return exact
    const found = [...this.#names.byMember].filter(([member]) => member !== '' && wanted.endsWith(member))
    const texts = [...new Set(found.flatMap(([, some]) => [...some]))]
    const near = texts.filter((text) => own?.has(text))
    return near.length > 0 ? near : texts
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)]
  }
}

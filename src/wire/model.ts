import { readFileSync } from 'node:fs'
import type { ServiceName } from '#models/index.d.ts'
import type { Member, Model, OperationModel, Ref, ServiceMetadata, Shape, StructureShape } from './shapes.ts'

const loaded = new Map<ServiceName, Model>()

/** A service's model, read from `models/<service>.json` when it is first asked for, and once. */
export function model(service: ServiceName): Model {
  const known = loaded.get(service)
  if (known) return known
  const text = readFileSync(new URL(import.meta.resolve(`#models/${service}.json`)), 'utf8')
  const made = link(service, JSON.parse(text) as StoredModel) // Written by scripts/import-models.ts, never by a request.
  loaded.set(service, made)
  return made
}

/** The form of `models/<service>.json`. */
interface StoredModel {
  readonly metadata: ServiceMetadata
  readonly operations: Readonly<Record<string, StoredOperation>>
  readonly shapes: Readonly<Record<string, StoredShape>>
}

interface StoredOperation {
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number }
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string; readonly resultWrapper?: string }
  readonly errors?: readonly string[]
  readonly unsigned?: boolean
  readonly requestCompression?: boolean
}

type StoredRef = Omit<Ref, 'shape'> & { readonly shape: string }

interface StoredShape {
  readonly type: 'structure' | 'character' | Exclude<Shape['type'], 'document' | 'eventstream'>
  readonly members?: Readonly<Record<string, StoredRef>>
  readonly member?: StoredRef
  readonly key?: StoredRef
  readonly value?: StoredRef
  readonly required?: readonly string[]
  readonly payload?: string
  readonly enum?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly flattened?: boolean
  readonly sensitive?: boolean
  readonly timestampFormat?: Ref['timestampFormat']
  readonly document?: boolean
  readonly eventstream?: boolean
  readonly union?: boolean
  readonly exception?: boolean
  readonly fault?: boolean
  readonly error?: {
    readonly code?: string
    readonly httpStatusCode?: number
    readonly senderFault?: boolean
  }
}

const noMembers: StructureShape = {
  type: 'structure',
  name: 'Unit',
  sensitive: false,
  members: [],
  payload: undefined,
  union: false,
  error: undefined,
}

function link(service: ServiceName, stored: StoredModel): Model {
  const shapes = new Map<string, Shape>()

  // A shape is entered in the map before its references are followed, so that a shape may contain itself.
  const shapeOf = (name: string): Shape => {
    const known = shapes.get(name)
    if (known) return known
    const from = stored.shapes[name]
    if (!from) throw new Error(`models/${service}.json lacks shape ${name}`)
    const made = scalarOf(name, from)
    shapes.set(name, made)
    if (made.type === 'structure') Object.assign(made, structureOf(from))
    if (made.type === 'list') Object.assign(made, { member: refOf(from.member) })
    if (made.type === 'map') Object.assign(made, { key: refOf(from.key), value: refOf(from.value) })
    return made
  }
  const refOf = (ref: StoredRef | undefined): Ref => {
    if (!ref) throw new Error(`models/${service}.json has a collection without element`)
    return { ...ref, shape: shapeOf(ref.shape) }
  }
  const structureOf = (from: StoredShape) => {
    const required = new Set(from.required)
    const members: readonly Member[] = Object.entries(from.members ?? {}).map(([name, ref]) => ({
      ...refOf(ref),
      name,
      required: required.has(name),
    }))
    return { members, payload: members.find(({ name }) => name === from.payload) }
  }
  const structureNamed = (name: string): StructureShape => {
    const shape = shapeOf(name)
    if (shape.type !== 'structure') throw new Error(`models/${service}.json: ${name} is no structure`)
    return shape
  }

  const operations = Object.entries(stored.operations).map(([name, from]): [string, OperationModel] => [
    name,
    {
      service,
      name,
      http: { ...from.http, responseCode: from.http.responseCode ?? 200 },
      input: from.input ? structureNamed(from.input.shape) : noMembers,
      output: from.output && structureNamed(from.output.shape),
      resultWrapper: from.output?.resultWrapper,
      errors: (from.errors ?? []).map(structureNamed),
      unsigned: from.unsigned ?? false,
      requestCompression: from.requestCompression ?? false,
    },
  ])
  const errors = Object.keys(stored.shapes).filter((name) => stored.shapes[name]?.exception)
  return {
    service,
    metadata: stored.metadata,
    operations: new Map(operations),
    errors: new Map(errors.map((name) => [name, structureNamed(name)])),
  }
}

/** A shape without what leads to other shapes. */
function scalarOf(name: string, from: StoredShape): Shape {
  const described = { name, sensitive: from.sensitive ?? false }
  const bounds = { min: from.min, max: from.max }
  if (from.document) return { ...described, type: 'document' }
  if (from.eventstream) return { ...described, type: 'eventstream' }
  switch (from.type) {
    case 'structure': {
      const { code = name, httpStatusCode = from.fault ? 500 : 400 } = from.error ?? {}
      const error = from.exception ? { code, status: httpStatusCode } : undefined
      return { ...noMembers, ...described, union: from.union ?? false, error }
    }
    case 'list':
    case 'map': {
      const unlinked = {} as Ref // `link` replaces it before anyone sees the shape.
      const flattened = from.flattened ?? false
      return from.type === 'list'
        ? { ...described, ...bounds, type: 'list', flattened, member: unlinked }
        : { ...described, ...bounds, type: 'map', flattened, key: unlinked, value: unlinked }
    }
    case 'string':
    case 'character':
      return { ...described, ...bounds, type: 'string', enum: from.enum, pattern: from.pattern }
    case 'timestamp':
      return { ...described, type: 'timestamp', timestampFormat: from.timestampFormat }
    case 'blob':
      return { ...described, ...bounds, type: 'blob' }
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return { ...described, ...bounds, type: from.type }
    case 'boolean':
      break
  }
  return { ...described, type: from.type }
}

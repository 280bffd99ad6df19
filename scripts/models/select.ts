import { operationsKept, type Service } from './chosen.ts'
import { addSqsQuery } from './sqs-query.ts'
import { widen } from './widened.ts'
import type { PublishedModel, PublishedOperation, PublishedRef, PublishedShape } from './wheel.ts'

/** A service's model as `models/<service>.json` holds it: `src/wire/model.ts` describes and reads it. */
export interface SelectedModel {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly operations: Readonly<Record<string, SelectedOperation>>
  readonly shapes: Readonly<Record<string, PublishedShape>>
}

export interface SelectedOperation {
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string }
  readonly [trait: string]: unknown
}

const kept = {
  metadata: [
    'apiVersion',
    'endpointPrefix',
    'globalEndpoint',
    'jsonVersion',
    'protocols',
    'serviceFullName',
    'serviceId',
    'signingName',
    'targetPrefix',
    'xmlNamespace',
  ],
  shape: [
    'type',
    'required',
    'payload',
    'member',
    'key',
    'value',
    'enum',
    'min',
    'max',
    'pattern',
    'flattened',
    'sensitive',
    'timestampFormat',
    'document',
    'eventstream',
    'event',
    'streaming',
    'union',
    'error',
    'exception',
    'fault',
    'members',
  ],
  ref: [
    'shape',
    'location',
    'locationName',
    'queryName',
    'flattened',
    'xmlAttribute',
    'xmlNamespace',
    'timestampFormat',
    'idempotencyToken',
    'eventpayload',
    'eventheader',
  ],
}

/** Keeps what the wire needs of a published model: no prose, no endpoint rules, no shape that nothing reaches. */
export function select(service: Service, published: PublishedModel): SelectedModel {
  const names = operationsKept[service] ?? Object.keys(published.operations)
  const operations = names.toSorted().map((name) => [name, operationOf(found(published.operations, name))])
  const shapes = reached(published, names).map((name) => [name, shapeOf(found(published.shapes, name))])
  const metadata = {
    ...pick(published.metadata, kept.metadata),
    signingName: published.metadata.signingName ?? published.metadata.endpointPrefix,
    // CloudFront's model gives its one namespace with each member that has it.
    ...(namespaceOf(published) !== undefined && { xmlNamespace: namespaceOf(published) }),
    // The mark is an empty object there.
    ...(published.metadata['awsQueryCompatible'] !== undefined && { awsQueryCompatible: true }),
  }
  const model = widen(service, {
    metadata,
    operations: Object.fromEntries(operations),
    shapes: Object.fromEntries(shapes),
  })
  return service === 'sqs' ? addSqsQuery(model) : model
}

function namespaceOf({ metadata, shapes }: PublishedModel): unknown {
  if (metadata['xmlNamespace'] !== undefined) return metadata['xmlNamespace']
  const refs = Object.values(shapes).flatMap(({ members = {} }) => Object.values(members))
  const uris = new Set(refs.flatMap(({ xmlNamespace: named }) => (named instanceof Object && 'uri' in named ? [named.uri] : [])))
  return uris.size === 1 ? [...uris][0] : undefined
}

function operationOf(operation: PublishedOperation): SelectedOperation {
  const { input, output, errors, http } = operation
  return {
    http,
    ...(input && { input: { shape: input.shape, ...pick(input, ['locationName', 'xmlNamespace']) } }),
    ...(output && { output: { shape: output.shape, ...pick(output, ['resultWrapper']) } }),
    ...(errors && { errors: errors.map(({ shape }) => shape) }),
    ...(operation['authtype'] === 'none' && { unsigned: true }),
    ...(operation['endpoint'] !== undefined && { endpoint: operation['endpoint'] }),
    ...(operation['requestcompression'] !== undefined && { requestCompression: true }),
  }
}

function shapeOf(shape: PublishedShape): PublishedShape {
  const refs = ['member', 'key', 'value'] as const
  const { members } = shape
  return {
    ...pick(shape, kept.shape),
    type: shape.type,
    ...Object.fromEntries(refs.flatMap((ref) => (shape[ref] ? [[ref, refOf(shape[ref])]] : []))),
    ...(members && {
      members: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, refOf(member)])),
    }),
  }
}

function refOf(ref: PublishedRef): PublishedRef {
  return { shape: ref.shape, ...pick(ref, kept.ref) }
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]))
}

/** Names of the shapes that the operations lead to, and of every exception: those can be answered without being listed. */
function reached(model: PublishedModel, operations: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const waiting = Object.keys(model.shapes).filter((name) => model.shapes[name]?.['exception'] === true)
  for (const name of operations) {
    const { input, output, errors = [] } = found(model.operations, name)
    waiting.push(...[input, output, ...errors].flatMap((ref) => (ref ? [ref.shape] : [])))
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const shape = found(model.shapes, name)
    for (const ref of [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})]) {
      if (ref) waiting.push(ref.shape)
    }
  }
  return [...seen].toSorted()
}

function found<T>(from: Readonly<Record<string, T>>, name: string): T {
  const value = from[name]
  if (value === undefined) throw new Error(`the model lacks ${name}`)
  return value
}

import { codecs, model, type OperationModel, type ServiceName, services, type Shape } from '#wire/index.ts'

/** An operation that a universal target names. */
export interface UniversalTarget {
  readonly partition: string
  readonly operation: OperationModel
}

const form = /^arn:([a-z-]+):scheduler:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)$/

/** Source: EventBridge Scheduler User Guide, "Using universal targets", unsupported actions. */
const readers =
  /^(?:get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchget|batchdescribe|batchread|transactget|adminget|adminlist|testmigration|retrieve|testconnection|translatedocument|isauthorized|invokemodel)/

/** Services by the name that SDKs give them: `cloudwatchlogs`. */
const sdkNames: ReadonlyMap<string, ServiceName> = new Map(
  [...services].map(([name, { serviceId }]) => [serviceId.toLowerCase().replaceAll(/[^a-z0-9]/g, ''), name]),
)

/** Reads `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`; undefined for what is no universal target, or reads only. */
export function readUniversal(arn: string): UniversalTarget | undefined {
  const [, partition, serviceText = '', action = ''] = form.exec(arn) ?? []
  const service = sdkNames.get(serviceText)
  const wanted = action.toLowerCase()
  if (partition === undefined || service === undefined || readers.test(wanted)) return undefined
  const operation = [...model(service).operations.values()].find(({ name }) => name.toLowerCase() === wanted)
  return operation && !streams(operation) ? { partition, operation } : undefined
}

function streams({ input, output }: OperationModel): boolean {
  return [...input.members, ...(output?.members ?? [])].some(({ shape }) => shape.type === 'eventstream')
}

/** Why an input is none of the operation's. */
export class NoInput extends Error {}

/** Levels of an input at most. */
const nestingMax = 64

/**
 * The operation's input as a target's `Input` says it: valid by the model, member names in any case of their letters, as SDKs differ in
 * them; one that the model lacks is refused. Faults: NoInput; WireFault.
 */
export function universalInput(operation: OperationModel, text: string): object {
  const value = spelled(operation.input, jsonOf(text), operation, 0)
  const body = Buffer.from(JSON.stringify(value))
  const request = { method: 'POST', path: '/', query: '', headers: {}, body }
  const input = codecs['json-1.1'].decode(operation, request)
  if (waits(operation, input))
    throw new NoInput('Invoke needs the InvocationType Event: no run waits for a function.')
  return input
}

/** A run that waited for a function's end would hold up others for minutes. */
function waits({ service, name }: OperationModel, input: Readonly<Record<string, unknown>>): boolean {
  return (
    service === 'lambda' &&
    name === 'Invoke' &&
    (input['InvocationType'] ?? 'RequestResponse') === 'RequestResponse'
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new NoInput('Input is no JSON.') // SyntaxError: the only thing JSON.parse throws.
  }
}

function spelled(shape: Shape, value: unknown, operation: OperationModel, depth: number): unknown {
  if (depth > nestingMax) throw new NoInput(`Input has more than ${nestingMax} levels.`)
  const inner = (of: Shape, item: unknown) => spelled(of, item, operation, depth + 1)
  if (Array.isArray(value))
    return shape.type === 'list' ? value.map((item) => inner(shape.member.shape, item)) : bounded(value)
  if (typeof value !== 'object' || value === null)
    return shape.type === 'blob' && typeof value === 'string' ? bytesOf(value, operation) : value
  const entries = Object.entries(value)
  if (shape.type === 'map')
    return Object.fromEntries(entries.map(([key, item]) => [key, inner(shape.value.shape, item)]))
  if (shape.type !== 'structure') return bounded(value)
  return Object.fromEntries(
    entries.map(([key, item]) => {
      const member = shape.members.find(({ name }) => name.toLowerCase() === key.toLowerCase())
      if (!member) throw new NoInput(`${operation.name} has no parameter ${key}.`)
      return [member.name, inner(member.shape, item)]
    }),
  )
}

/** A free value where it is not too deep; the decoder says the rest. */
function bounded(value: object): object {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > nestingMax) throw new NoInput(`Input has more than ${nestingMax} levels.`)
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return value
}

/** A function's payload is text. What other bytes would be is not documented, and refused. */
function bytesOf(text: string, { service, name }: OperationModel): string {
  if (service !== 'lambda' || name !== 'Invoke')
    throw new NoInput(`${name} takes bytes, which are not supported.`)
  return Buffer.from(text).toString('base64')
}

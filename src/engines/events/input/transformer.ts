import { isObject } from '../match/match.ts'
import { isPath, pathValue } from './path.ts'
import { isJsonTemplate, parseTemplate } from './template.ts'

/** Source: EventBridge API Reference, InputTransformer. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>> | undefined
  readonly InputTemplate: string
}

/** The variables of a rule that a template may name; those of the event are taken from it. */
export interface PredefinedVariables {
  readonly 'aws.events.rule-arn': string
  readonly 'aws.events.rule-name': string
  /** An ISO 8601 timestamp. */
  readonly 'aws.events.event.ingestion-time': string
}

const ofEvent: ReadonlySet<string> = new Set(['aws.events.event', 'aws.events.event.json'])
const ofRule: ReadonlySet<string> = new Set<keyof PredefinedVariables>([
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
])

/**
 * Why a target may not have this transformer, in AWS's words; `undefined` where it may.
 * Source: answers of PutTargets; EventBridge API Reference, InputTransformer.
 */
export function transformerProblem(transformer: InputTransformer, targetId: string): string | undefined {
  const { InputPathsMap = {}, InputTemplate } = transformer
  for (const [name, path] of Object.entries(InputPathsMap)) {
    if (name.toLowerCase().startsWith('aws.'))
      return `InputPathsMap for target ${targetId} contains a reserved name ${name}.`
    if (!isPath(path)) return `Invalid InputPath for target ${targetId} : ${path}.`
  }
  const pieces = parseTemplate(InputTemplate)
  for (const piece of pieces) {
    if ('text' in piece) continue
    const { placeholder } = piece
    if (!ofEvent.has(placeholder) && !ofRule.has(placeholder) && !Object.hasOwn(InputPathsMap, placeholder))
      return `InputTemplate for target ${targetId} contains invalid placeholder ${placeholder}.`
  }
  const filled = pieces.map((piece) => ('text' in piece ? piece.text : piece.quoted ? '' : 'null')).join('')
  if (!isFilledTemplate(filled)) return `Invalid InputTemplate for target ${targetId} : ${InputTemplate}.`
  return undefined
}

/** One object or list, or JSON strings, each on lines of its own. */
function isFilledTemplate(filled: string): boolean {
  if (isJsonTemplate(filled)) return isJson(filled)
  const lines = filled.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 0 && lines.every(isJson)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (reason) {
    if (reason instanceof SyntaxError) return false
    throw reason
  }
}

/** More than any target takes: SQS takes 1 MiB, an asynchronous invocation less. Units: characters. */
const inputCharactersMax = 1_048_576

/**
 * What a target is sent of an event; `undefined` where that is longer than `inputCharactersMax`. A value outside of quotes is JSON;
 * within quotes it is text, an object's or list's without its quotes. A path that leads nowhere gives an empty text.
 *
 * Source: EventBridge User Guide, "Input transformation", examples and "Common issues"; what PutEvents delivered of missing paths
 * and of `aws.events.event`.
 * Differs: text within quotes is escaped, where AWS would let an event's quotes end the string and add members of its own.
 */
export function transformInput(
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
  event: unknown,
  predefined: PredefinedVariables,
): string | undefined {
  const json = isJsonTemplate(InputTemplate)
  let input = ''
  for (const piece of parseTemplate(InputTemplate)) {
    if ('text' in piece) input += piece.text
    else {
      const value = variable(piece.placeholder, InputPathsMap, event, predefined)
      input += piece.quoted
        ? JSON.stringify(plainText(value)).slice(1, -1)
        : json
          ? JSON.stringify(value === undefined ? '' : value)
          : plainText(value)
    }
    if (input.length > inputCharactersMax) return undefined
  }
  return input
}

function variable(
  name: string,
  paths: Readonly<Record<string, string>>,
  event: unknown,
  predefined: PredefinedVariables,
): unknown {
  if (name === 'aws.events.event.json') return event
  if (name === 'aws.events.event') return envelope(event)
  // One of the three names that the interface has.
  if (ofRule.has(name)) return predefined[name as keyof PredefinedVariables]
  return Object.hasOwn(paths, name) ? pathValue(paths[name] ?? '', event) : undefined
}

/** The event without its detail, as AWS spells it there. */
function envelope(event: unknown): unknown {
  if (!isObject(event)) return {}
  const { id, account, time, source, region, resources, version } = event
  return { id, account, detailType: event['detail-type'], time, source, region, resources, version }
}

function plainText(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '')
}

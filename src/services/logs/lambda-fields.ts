/** What Lambda's own lines and its runtimes' say beside the text. */
export interface LambdaLine {
  readonly fields: ReadonlyMap<string, string | number>
  /** What the function itself said, where a runtime wrote its head before it. */
  readonly said?: string
}

const id = '(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
const own = new RegExp(`^(?<type>START|END|REPORT) RequestId: ${id}`)
/** Node: time, request, level. Python: level, time, request. */
const heads = [
  new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${id}\\t[A-Z]+\\t`),
  new RegExp(`^\\[[A-Z]+\\]\\t\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${id}\\t`),
]

const megabyte = 1_000_000

/** The parts of a REPORT line that are fields; times are in milliseconds, memory in bytes. */
const reported: ReadonlyMap<string, { readonly field: string; readonly unit: number }> = new Map([
  ['Duration', { field: '@duration', unit: 1 }],
  ['Billed Duration', { field: '@billedDuration', unit: 1 }],
  ['Init Duration', { field: '@initDuration', unit: 1 }],
  ['Memory Size', { field: '@memorySize', unit: megabyte }],
  ['Max Memory Used', { field: '@maxMemoryUsed', unit: megabyte }],
])

/**
 * The fields that Insights finds in what functions log, in whatever group; undefined for other events.
 * Source: CloudWatch Logs User Guide, "Supported logs and discovered fields", Lambda; the units are those of its sample queries.
 */
export function lambdaLine(message: string): LambdaLine | undefined {
  const { type, id: request } = own.exec(message)?.groups ?? {}
  if (type !== undefined && request !== undefined) {
    const fields = new Map<string, string | number>([
      ['@type', type],
      ['@requestId', request],
    ])
    return { fields: type === 'REPORT' ? new Map([...fields, ...report(message)]) : fields }
  }
  for (const head of heads) {
    const found = head.exec(message)
    if (found?.groups?.['id'] !== undefined)
      return { fields: new Map([['@requestId', found.groups['id']]]), said: message.slice(found[0].length) }
  }
  return undefined
}

function report(message: string): readonly (readonly [field: string, value: number])[] {
  return message.split('\t').flatMap((part) => {
    const [name = '', value = ''] = part.split(': ')
    const row = reported.get(name)
    return row ? [[row.field, Number.parseFloat(value) * row.unit] as const] : []
  })
}

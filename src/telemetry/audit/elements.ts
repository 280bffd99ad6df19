import type { Member, ServiceName, Shape, StructureShape } from '#wire/index.ts'

/** Writes a value of a model's shape as the JSON of an audit record; undefined leaves the member out. */
type Write = (value: unknown) => string | undefined

/** What CloudTrail puts in the place of a secret that it does not leave out. */
const hidden = '"HIDDEN_DUE_TO_SECURITY_REASONS"'

/** Services whose secrets CloudTrail leaves out altogether, instead of saying that it hides one. */
const leavingSecretsOut: ReadonlySet<ServiceName> = new Set<ServiceName>(['iam', 'sts'])

/**
 * Members that are secrets though their models do not mark them, left out wherever they stand. A session token is the whole
 * session: CloudTrail shows it, this trail does not (Differs).
 */
const secretMembers: ReadonlySet<string> = new Set([
  'SessionToken',
  'TokenCode',
  'AuthenticationCode1',
  'AuthenticationCode2',
  'DecodedMessage',
  'APIKey',
  // What is logged is nobody's business but the log group's, and may be a megabyte a call.
  'logEvents',
  'logEventMessages',
])

/**
 * Members that say what users' messages say: CloudTrail hides them.
 * Source: SQS Developer Guide, "Logging Amazon SQS API calls", data events; SNS Developer Guide likewise.
 */
const messageMembers: ReadonlyMap<ServiceName, ReadonlySet<string>> = new Map<
  ServiceName,
  ReadonlySet<string>
>([
  ['sqs', new Set(['MessageBody', 'MessageAttributes', 'MessageSystemAttributes', 'ReceiptHandle'])],
  ['sns', new Set(['Message', 'Subject', 'MessageAttributes', 'Token'])],
])

/**
 * Makes the writer of `requestParameters` or `responseElements` for a structure of a service's model: member names as CloudTrail
 * spells them (first letter lower case), blobs and secrets left out, times as Java prints them.
 * INVARIANT: no value of a shape that the model marks sensitive is written (elements.test.ts, over all models).
 * Source: CloudTrail User Guide, "CloudTrail record contents"; published example records.
 */
export function elementsWriter(service: ServiceName, shape: StructureShape): (value: unknown) => string {
  const writers = new Map<Shape, Write>()
  const secret: Write = leavingSecretsOut.has(service) ? () => undefined : () => hidden

  const writerOf = (shape: Shape): Write => {
    if (shape.sensitive) return shape.type === 'blob' ? () => undefined : secret
    const known = writers.get(shape)
    if (known) return known
    // A shape may contain itself: whoever meets it meanwhile asks again when it writes.
    writers.set(shape, (value) => made(value))
    const made = make(shape)
    writers.set(shape, made)
    return made
  }

  const make = (shape: Shape): Write => {
    switch (shape.type) {
      case 'structure':
        return structure(shape.members)
      case 'list': {
        const write = writerOf(shape.member.shape)
        return (value) => {
          const items = (value as readonly unknown[]).map((item) => write(item) ?? 'null') // Decoded by this shape.
          return `[${items.join(',')}]`
        }
      }
      case 'map': {
        const write = writerOf(shape.value.shape)
        return (value) => {
          const entries = Object.entries(value as object) // Decoded by this shape.
          return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item) ?? 'null'}`).join(',')}}`
        }
      }
      case 'timestamp':
        return (value) => (value instanceof Date ? JSON.stringify(javaDate(value)) : undefined)
      case 'blob':
      case 'eventstream':
        return () => undefined
      case 'string':
      case 'integer':
      case 'long':
      case 'float':
      case 'double':
      case 'boolean':
      case 'document':
        return plain
    }
  }

  const structure = (members: readonly Member[]): Write => {
    const parts = members
      .filter(({ name }) => !secretMembers.has(name))
      .map(({ name, shape }) => ({
        name,
        label: `${JSON.stringify(lowerFirst(name))}:`,
        write: messageMembers.get(service)?.has(name) === true ? () => hidden : writerOf(shape),
      }))
    return (value) => {
      const given = value as Readonly<Record<string, unknown>> // Decoded by this shape; its names are the model's.
      let text = ''
      for (const { name, label, write } of parts) {
        const part = given[name]
        if (part === undefined || part === null) continue
        const written = write(part)
        if (written !== undefined) text += (text === '' ? '{' : ',') + label + written
      }
      return text === '' ? '{}' : `${text}}`
    }
  }

  const write = writerOf(shape)
  return (value) => {
    const text = typeof value === 'object' && value !== null ? write(value) : undefined
    return text === undefined || text === '{}' ? 'null' : text
  }
}

/** BigInts and numbers that JSON lacks become text; nothing else can fail. */
function plain(value: unknown): string | undefined {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value))
  return JSON.stringify(value)
}

/** `UserName` to `userName`, `SAMLProviderArn` to `sAMLProviderArn`: the first letter only, as CloudTrail does. */
function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Jul 15, 2020, 9:05:59 PM`, in UTC. */
export function javaDate(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'Invalid Date'
  const hour = date.getUTCHours()
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = `${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  const day = `${months[date.getUTCMonth()] ?? ''} ${date.getUTCDate()}, ${date.getUTCFullYear()}`
  return `${day}, ${clock} ${hour < 12 ? 'AM' : 'PM'}`
}

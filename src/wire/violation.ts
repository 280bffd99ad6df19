import type { ServiceName } from '#models/index.d.ts'
import { spelled } from './common-faults.ts'
import { WireFault } from './fault.ts'
import { quotedCharactersMax, violationsMax } from './limits.ts'
import { isRecord } from './record.ts'
import type { Protocol, Shape } from './shapes.ts'
import { base64Text } from './text.ts'

/** One constraint of the model that an input breaks. */
export interface Violation {
  /** `tags.1.member.key`: AWS's way to a value, members beginning in lower case. */
  readonly path: string
  /** `Member must not be null` and the like. */
  readonly constraint: string
  /** `Value 'x'`, `Value null`, or `Value` where it is sensitive. */
  readonly quoted: string
}

/** Gathers violations of one input; what exceeds the limit is counted and not kept. */
export class Violations {
  readonly kept: Violation[] = []
  count = 0

  add(path: string, shape: Shape, value: unknown, constraint: string): void {
    this.count += 1
    if (this.kept.length < violationsMax) this.kept.push({ path, constraint, quoted: quote(shape, value) })
  }
}

/** The fault for an input that breaks constraints, in the words of the protocol's family. */
export function violationFault(found: Violations, service: ServiceName, protocol: Protocol): WireFault {
  const first = found.kept[0]
  if (protocol === 'ec2' && first) {
    const parameter = first.path.charAt(0).toUpperCase() + first.path.slice(1)
    return first.quoted === missing
      ? new WireFault('MissingParameter', `The request must contain the parameter ${parameter}`, 400)
      : new WireFault(
          'InvalidParameterValue',
          `${first.quoted} for parameter ${parameter} is invalid. ${first.constraint}`,
          400,
        )
  }
  const reasons = found.kept.map(
    ({ path, constraint, quoted }) => `${quoted} at '${path}' failed to satisfy constraint: ${constraint}`,
  )
  const plural = found.count === 1 ? 'error' : 'errors'
  const message = `${found.count} validation ${plural} detected: ${reasons.join('; ')}`
  return new WireFault(codes[service] ?? spelled('ValidationError', protocol), message, 400)
}

/** Services that have another code for a bad input than ValidationError or ValidationException. */
const codes: Partial<Record<ServiceName, string>> = {
  guardduty: 'BadRequestException',
  organizations: 'InvalidInputException',
  securityhub: 'InvalidInputException',
}

const missing = 'Value null'

function quote(shape: Shape, value: unknown): string {
  if (value === undefined) return missing
  if (shape.sensitive) return 'Value'
  return `Value '${shown(value, 0)}'`
}

/** A value as AWS's Java services print it, cut where it grows long. */
function shown(value: unknown, depth: number): string {
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return cut(base64Text(value.subarray(0, quotedCharactersMax)))
  if (depth > 2) return '...'
  if (Array.isArray(value))
    return cut(
      `[${value
        .slice(0, 20)
        .map((item) => shown(item, depth + 1))
        .join(', ')}]`,
    )
  if (isRecord(value)) {
    const parts = Object.entries(value).slice(0, 20)
    return cut(`{${parts.map(([key, item]) => `${cut(key)}=${shown(item, depth + 1)}`).join(', ')}}`)
  }
  return '...'
}

function cut(text: string): string {
  return text.length <= quotedCharactersMax ? text : `${text.slice(0, quotedCharactersMax)}...`
}

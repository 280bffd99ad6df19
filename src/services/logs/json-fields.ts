import { quotas } from './quotas.ts'

/**
 * The fields of an event that is JSON, as queries name them: `a.b`, `list.0`; their values as texts. Of others there are none.
 * Source: CloudWatch Logs User Guide, "Supported logs and discovered fields": 200 fields of an event at most.
 */
export function fieldsOf(message: string): readonly (readonly [name: string, value: string])[] {
  const found: [string, string][] = []
  if (!message.trimStart().startsWith('{')) return found
  // A stack of its own: what is nested deeply costs no frames.
  const left: [string, unknown][] = [['', parsed(message)]]
  while (found.length < quotas.fieldsPerEvent) {
    const [name, value] = left.pop() ?? []
    if (name === undefined) break
    if (typeof value !== 'object' || value === null) {
      if (name !== '' && value !== null && value !== undefined)
        found.push([name, typeof value === 'string' ? value : JSON.stringify(value)])
      continue
    }
    const members = Object.entries(value).slice(0, quotas.fieldsPerEvent)
    for (const [key, member] of members.toReversed())
      left.push([name === '' ? key : `${name}.${key}`, member])
  }
  return found
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}

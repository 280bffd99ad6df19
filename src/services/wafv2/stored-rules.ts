import type { Rule } from '#models/wafv2.d.ts'

/** Stands for bytes (SearchString), which JSON lacks. No member that a rule may have begins with a dollar sign. */
const bytesMember = '$base64'

/** Rules as documents hold them. */
export function storable(rules: readonly Rule[]): readonly unknown[] {
  return rules.map(withoutBytes)
}

/** Stored rules as the API has them, and as the engine reads them. */
export function restored(rules: readonly unknown[]): readonly Rule[] {
  return rules.map(withBytes) as readonly Rule[] // Made by `storable`, which takes nothing else.
}

function withoutBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [bytesMember]: Buffer.from(value).toString('base64') }
  return each(value, withoutBytes)
}

function withBytes(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && bytesMember in value)
    return Buffer.from(String(value[bytesMember]), 'base64')
  return each(value, withBytes)
}

function each(value: unknown, change: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]))
}

import { type Address, formatAddress } from '../address.ts'
import { lowerAscii } from '../bytes.ts'
import type { Fallback } from '../field-value.ts'
import { argumentValues } from '../fields/query.ts'
import type { Inspection } from '../inspection.ts'
import { exactlyOne, members, type Read, text } from '../read.ts'
import { type Client, clientOf, fallbackBehavior, type ForwardedIPConfig } from './client.ts'
import { plainField, textTransformations, transformationsPrice } from './inspected.ts'
import type { Build } from './kind.ts'
import { qualified } from './label-match.ts'
import type { TransformationType } from '../transformations/index.ts'

/** A request's part of a key; a fallback's answer for the whole rule; or nothing, and the request is not counted. */
export type KeyPart = (inspection: Inspection) => string | boolean | undefined

/** One part of the key by which requests are counted together. */
export interface CustomKey {
  readonly kind: string
  readonly price: number
  readonly compile: (build: Build, forwardedIP: ForwardedIPConfig | undefined) => KeyPart
}

/** What a custom key costs, besides its transformations. */
const keyPrice = 30

const none = members({})
const transformedOnly = members({ TextTransformations: textTransformations })
const namedAndTransformed = members({ Name: text(1, 64, /\S/), TextTransformations: textTransformations })
const fallback = members({ FallbackBehavior: fallbackBehavior })
const namespaced = members({ Namespace: text(1, 1024, /^[0-9A-Za-z_\-:]+:$/) })

/**
 * Every kind of custom key; to add one, a row.
 * Source: AWS WAFV2 API, RateBasedStatementCustomKey.
 */
const kinds: Readonly<Record<string, (value: unknown, name: string) => Omit<CustomKey, 'kind'>>> = {
  Header: (value, name) => named(value, name, (inspection, lower) => inspection.header(lower)),
  Cookie: (value, name) =>
    named(value, name, ({ cookies }, lower) =>
      cookies.pairs.flatMap(([cookie, content]) => (lowerAscii(cookie) === lower ? [content] : [])),
    ),
  QueryArgument: (value, name) =>
    named(value, name, ({ request }, lower) => argumentValues(request.query, lower)),
  QueryString: (value, name) =>
    transformed(name, transformedOnly(value, 'CUSTOM_KEYS', name).TextTransformations, ({ request }) =>
      request.query === '' ? [] : [request.query],
    ),
  UriPath: (value, name) =>
    transformed(name, transformedOnly(value, 'CUSTOM_KEYS', name).TextTransformations, ({ request }) => [
      request.path,
    ]),
  HTTPMethod: (value, name) =>
    plain(
      value,
      name,
      () =>
        ({ request }) =>
          request.method,
    ),
  IP: (value, name) =>
    plain(value, name, () => (inspection) => aboutAddress(clientOf(undefined)(inspection), formatAddress)),
  ForwardedIP: (value, name) =>
    plain(value, name, (_build, forwardedIP) => {
      const client = clientOf(forwardedIP)
      return (inspection) => aboutAddress(client(inspection), formatAddress)
    }),
  ASN: (value, name) =>
    plain(value, name, ({ world }, forwardedIP) => {
      const client = clientOf(forwardedIP)
      return (inspection) =>
        aboutAddress(client(inspection), (address) => String(world.autonomousSystem(address) ?? 0))
    }),
  LabelNamespace(value, name) {
    const { Namespace } = namespaced(value, 'CUSTOM_KEYS', name)
    return {
      price: keyPrice,
      compile({ labelNamespace }) {
        const prefix = qualified(Namespace, labelNamespace)
        return ({ labels }) => {
          const found = [...labels].filter((label) => label.startsWith(prefix)).sort()
          return found.length === 0 ? undefined : found.join(' ')
        }
      },
    }
  },
  JA3Fingerprint: (value, name) => fingerprint(value, name, ({ request }) => request.ja3),
  JA4Fingerprint: (value, name) => fingerprint(value, name, ({ request }) => request.ja4),
}

/** Source: AWS WAFV2 API, RateBasedStatementCustomKey. */
export const customKey: Read<CustomKey> = (value, _field, name) => {
  const [kind, body] = exactlyOne('CUSTOM_KEYS', Object.keys(kinds))(value, 'CUSTOM_KEYS', name)
  const make = kinds[kind]
  // exactlyOne gives one of the names it was given.
  if (make === undefined) throw new Error(`no custom key ${kind}`)
  return { kind, ...make(body, kind) }
}

function plain(value: unknown, name: string, compile: CustomKey['compile']): Omit<CustomKey, 'kind'> {
  none(value, 'CUSTOM_KEYS', name)
  return { price: keyPrice, compile }
}

function aboutAddress(client: Client, say: (address: Address) => string): string | boolean | undefined {
  return typeof client === 'string' ? say(client) : client
}

function named(
  value: unknown,
  name: string,
  read: (inspection: Inspection, lowerName: string) => readonly string[],
): Omit<CustomKey, 'kind'> {
  const { Name, TextTransformations } = namedAndTransformed(value, 'CUSTOM_KEYS', name)
  const lower = lowerAscii(Name)
  return transformed(`${name}:${lower}`, TextTransformations, (inspection) => read(inspection, lower))
}

function transformed(
  key: string,
  chain: readonly TransformationType[],
  read: (inspection: Inspection) => readonly string[],
): Omit<CustomKey, 'kind'> {
  return {
    price: keyPrice + transformationsPrice(chain),
    compile({ inputs }) {
      const input = inputs.of(plainField(`rate key ${key}`, read), [], chain)
      return (inspection) => {
        const values = input.read(inspection)
        if (typeof values === 'boolean') return values
        return values.length === 0 ? undefined : values.join(',')
      }
    },
  }
}

function fingerprint(
  value: unknown,
  name: string,
  read: (inspection: Inspection) => string | undefined,
): Omit<CustomKey, 'kind'> {
  const { FallbackBehavior }: { readonly FallbackBehavior: Fallback } = fallback(value, 'CUSTOM_KEYS', name)
  return {
    price: keyPrice,
    compile: () => (inspection) => read(inspection) ?? FallbackBehavior === 'MATCH',
  }
}

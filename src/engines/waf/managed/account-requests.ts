import { createHash } from 'node:crypto'
import type { Inspection } from '../inspection.ts'
import { EngineStatement, predicate } from '../statements/index.ts'
import { decodings } from '../texts/index.ts'
import type { AccountSettings } from './account-settings.ts'

/** What a request to an account's page carries, and who sends it. */
export interface AccountRequest {
  readonly inspection: Inspection
  readonly username: string | undefined
  readonly password: string | undefined
  /** A field by its identifier; empty ones are none. */
  readonly field: (identifier: string) => string | undefined
  /** The token of a client that has one that holds, else its address. */
  readonly session: string
}

/** How long a token is believed to be one client's: as long as it can be good at all. Units: seconds. */
const tokenLifeSec = 259_200

/** The statements about what is sent to one page. A request is read once, however many of them ask. */
export interface AccountPage {
  /** A statement about requests that send something to the page. */
  readonly where: (holds: (request: AccountRequest) => boolean) => EngineStatement
  /** A statement that holds for keys that were counted more often within the window than the limit. */
  readonly more: (volume: Volume) => EngineStatement
}

export interface Volume {
  /** Under which key a request counts; `undefined`: it does not. */
  readonly key: (request: AccountRequest) => string | undefined
  /** Of what each counts once; without it every request does. */
  readonly distinct?: (request: AccountRequest) => string | undefined
  readonly limit: number
  readonly windowSec: 600 | 1800
}

export function accountPage(settings: AccountSettings): AccountPage {
  const known = new WeakMap<Inspection, AccountRequest | undefined>()
  const requestOf = (inspection: Inspection): AccountRequest | undefined => {
    if (!known.has(inspection)) known.set(inspection, read(inspection, settings))
    return known.get(inspection)
  }
  return {
    where: (holds) =>
      predicate((inspection) => {
        const request = requestOf(inspection)
        return request !== undefined && holds(request)
      }),
    more: ({ key, distinct, limit, windowSec }) =>
      new EngineStatement(({ rates, rule }) => {
        const { counter } = rates
        const kept = { rule, limit, windowSec, aggregateKeyType: 'CUSTOM_KEYS' } as const
        const { id } = rates.add(kept, JSON.stringify(settings))
        return (inspection) => {
          const request = requestOf(inspection)
          const counted = request && key(request)
          if (request === undefined || counted === undefined) return false
          if (distinct === undefined) return counter.count(id, counted, inspection.nowMs, windowSec) > limit
          const one = distinct(request)
          if (one === undefined) return false
          // Only the first of a kind counts; later ones of it are held back like it.
          const { nowMs } = inspection
          const times = counter.count(`${id} seen`, digest(`${counted}\0${one}`), nowMs, windowSec)
          const kinds =
            times === 1
              ? counter.count(id, counted, nowMs, windowSec)
              : counter.counted(id, counted, nowMs, windowSec)
          return kinds > limit
        }
      }),
  }
}

/**
 * Whether a request is for a page: its path begins with the page's, however it is escaped.
 * Source: AWS WAFV2 API, AWSManagedRulesATPRuleSet, LoginPath; AWSManagedRulesACFPRuleSet, CreationPath and RegistrationPagePath.
 */
export function isForPage({ path }: Inspection['request'], page: string | undefined): boolean {
  if (page === undefined || page === '') return false
  return [path, ...decodings(path, false)].some((spelt) => spelt.startsWith(page))
}

/** Reads a request that sends something to the settings' path; `undefined` for every other one. */
function read(inspection: Inspection, settings: AccountSettings): AccountRequest | undefined {
  const { request } = inspection
  if (request.method !== 'POST' || !isForPage(request, settings.path)) return undefined
  const body = new TextDecoder().decode(request.body)
  const fields = settings.payload === 'JSON' ? jsonFields(request.bodyCut ? '' : body) : formFields(body)
  const field = (identifier: string): string | undefined => fields(identifier) || undefined
  return {
    inspection,
    field,
    username: field(settings.username),
    password: settings.password === undefined ? undefined : field(settings.password),
    session: sessionOf(inspection),
  }
}

function sessionOf(inspection: Inspection): string {
  const { token, clientAddress } = inspection.request
  const cookie = inspection
    .header('cookie')
    .map((line) => /(?:^|;\s*)aws-waf-token=([^;]+)/.exec(line)?.[1])
    .find((value) => value !== undefined)
  return cookie !== undefined && token?.('CHALLENGE', tokenLifeSec) === 'valid'
    ? digest(cookie)
    : clientAddress
}

/** A form's fields, by name. Source: WHATWG URL, "application/x-www-form-urlencoded parsing". */
function formFields(body: string): (identifier: string) => string | undefined {
  const fields = new URLSearchParams(body)
  return (identifier) => fields.get(identifier) ?? undefined
}

/** A document's texts and numbers, by JSON pointer. Source: RFC 6901. What is no JSON has none. */
function jsonFields(body: string): (identifier: string) => string | undefined {
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch {
    return () => undefined // SyntaxError: the only thing JSON.parse throws.
  }
  return (identifier) => {
    let value = document
    for (const part of identifier.split('/').slice(1)) {
      if (typeof value !== 'object' || value === null) return undefined
      value = new Map<string, unknown>(Object.entries(value)).get(
        part.replaceAll('~1', '/').replaceAll('~0', '~'),
      )
    }
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
}

/** What is counted of people is counted under a digest: no name or password is kept. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

// A browser small enough for a test: it runs the very script of a page in node:vm, and hands what the script sends to the edge.
import { runInNewContext } from 'node:vm'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { GuardedWebACL } from '#core/front-door.ts'
import type { Arn } from '#core/arn.ts'
import type { EdgeAnswer, EdgeRequest, Header } from '../request.ts'
import { createTokens, type Tokens, verifyPath } from './index.ts'

export const startMs = Date.UTC(2026, 0, 1)

export function edge(spentMax?: number): { readonly tokens: Tokens; readonly clock: { nowMs: number } } {
  const clock = { nowMs: startMs }
  const tokens = createTokens({
    key: Buffer.alloc(32, 7),
    world: { nowMs: () => clock.nowMs, randomBytes },
    ...(spentMax === undefined ? {} : { spentMax }),
  })
  return { tokens, clock }
}

export function webACL(tokenDomains: readonly string[] = [], name = 'site'): GuardedWebACL {
  return {
    arn: `arn:aws:wafv2:us-east-1:123456789012:regional/webacl/${name}/1` as Arn, // A test's own.
    account: '123456789012' as GuardedWebACL['account'], // A test's own.
    region: 'us-east-1',
    name,
    scope: 'REGIONAL',
    acl: {},
    ruleGroups: {},
    regexPatternSets: {},
    addressSets: [],
    bodyBytesMax: 8192,
    tokenDomains,
  }
}

export function get(more: Partial<EdgeRequest> = {}, headers: readonly Header[] = []): EdgeRequest {
  return {
    method: 'GET',
    path: '/',
    query: undefined,
    httpVersion: '1.1',
    host: 'shop.example.com',
    scheme: 'https',
    client: { address: '192.0.2.1', port: 50_000 },
    receivedAtMs: startMs,
    ...more,
    headers: [['host', 'shop.example.com'], ['accept', 'text/html,*/*'], ...headers],
  }
}

export function bodyOf(answer: EdgeAnswer): string {
  assert.equal(typeof answer.body, 'string')
  return String(answer.body)
}

export function header(answer: EdgeAnswer, name: string): string | undefined {
  return answer.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

/** The POST of a solution as the page sends it. */
export function post(
  tokens: Tokens,
  json: string,
  from: EdgeRequest = get(),
  acl = webACL(),
  type = 'application/json',
): EdgeAnswer {
  const request = {
    ...from,
    method: 'POST',
    path: verifyPath,
    headers: [...from.headers, ['content-type', type] as const],
  }
  const answer = tokens.answerTo(request, { bytes: Buffer.from(json), cut: false }, acl)
  assert.ok(answer)
  return answer
}

export interface Visit {
  /** What the script sent, or nothing. */
  sent: string | undefined
  answer: EdgeAnswer | undefined
  reloaded: boolean
  note: string
}

interface Element {
  hidden: boolean
  disabled: boolean
  value: string
  textContent: string
  listeners: Map<string, (event: object) => void>
  addEventListener: (name: string, listener: (event: object) => void) => void
  focus: () => void
}

/** Runs a page until its script has sent a solution. `act` is the person in front of it. */
export async function visit(
  page: string,
  tokens: Tokens,
  act: (element: (id: string) => Element) => void = () => undefined,
  request = get(),
  acl = webACL(),
): Promise<Visit> {
  const script = /<script nonce="[^"]+">([\s\S]*)<\/script>/.exec(page)?.[1]
  assert.ok(script)
  const dataset: Record<string, string> = {}
  for (const [, name = '', value = ''] of page.matchAll(/ data-([a-z-]+)="([^"]*)"/g))
    dataset[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value
  const elements = new Map<string, Element>()
  const element = (id: string): Element => {
    assert.ok(page.includes(`id="${id}"`), `the page has no ${id}`)
    const known = elements.get(id)
    if (known) return known
    const listeners: Element['listeners'] = new Map()
    const made: Element = {
      hidden: false,
      disabled: false,
      value: '',
      textContent: '',
      listeners,
      addEventListener: (name, listener) => void listeners.set(name, listener),
      focus: () => undefined,
    }
    elements.set(id, made)
    return made
  }
  const result: Visit = { sent: undefined, answer: undefined, reloaded: false, note: '' }
  const document = { body: { dataset }, cookie: '', getElementById: element }
  await new Promise<void>((resolve) => {
    const fetch = (path: string, options: { body: string }): Promise<object> => {
      assert.equal(path, verifyPath)
      result.sent = options.body
      result.answer = post(tokens, options.body, request, acl)
      document.cookie = header(result.answer, 'set-cookie') ?? ''
      setImmediate(resolve)
      const { statusCode } = result.answer
      return Promise.resolve({ ok: statusCode === 200, status: statusCode })
    }
    const location = { reload: () => void (result.reloaded = true) }
    runInNewContext(script, { document, fetch, location, setTimeout })
    act(element)
  })
  result.note = element('note').textContent
  return result
}

/** The request that a browser sends with the cookie that it was given. */
export function withCookie(answer: EdgeAnswer, more: Partial<EdgeRequest> = {}): EdgeRequest {
  const [cookie = ''] = (header(answer, 'set-cookie') ?? '').split(';')
  return get(more, [['cookie', `theme=dark; ${cookie}`]])
}

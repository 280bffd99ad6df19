// Goal: only who has solved a page holds a token, and a token is worth what AWS says. Method: a small browser runs the very script of
// each page; then tokens and solutions are forged, aged, moved, and sent again.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import type { TokenFailure } from '#engines/waf/index.ts'
import type { EdgeRequest } from '../request.ts'
import { createTokens, verifyPath } from './index.ts'
import { isWorkDone } from './proof-of-work.ts'
import { openPuzzle } from './puzzle.ts'
import {
  bodyOf,
  edge,
  get,
  header,
  post,
  startMs,
  visit,
  type Visit,
  webACL,
  withCookie,
} from './rig.test.ts'

/** What the drawing shows and the question wants: the test holds the key. */
function answersOf(page: string, request = get(), acl = webACL()): { drawn: string; said: string } {
  const state = / data-state="([^"]+)"/.exec(page)?.[1] ?? ''
  const seal = createSeal({ current: rootKeyOf(Buffer.alloc(32, 7)), randomBytes })
  const puzzle = openPuzzle(seal, request, acl.arn, state)
  assert.ok(puzzle)
  return puzzle
}

async function challenged(request = get(), acl = webACL(), { tokens } = edge()): Promise<Visit> {
  return await visit(bodyOf(tokens.page('CHALLENGE', request, acl)), tokens, undefined, request, acl)
}

test('a browser that runs the page of a challenge gets a token, and the page loads anew', async () => {
  const { tokens } = edge()
  const page = tokens.page('CHALLENGE', get(), webACL())
  assert.equal(page.statusCode, 202)
  assert.equal(header(page, 'x-amzn-waf-action'), 'challenge')
  assert.match(header(page, 'cache-control') ?? '', /no-store/)
  const { answer, reloaded } = await visit(bodyOf(page), tokens)
  assert.equal(answer?.statusCode, 200)
  assert.ok(reloaded)
  assert.match(
    header(answer, 'set-cookie') ?? '',
    /^aws-waf-token=[\w.-]+; Path=\/; Max-Age=259200; SameSite=Lax; Secure$/,
  )
  const check = tokens.check(withCookie(answer), webACL())
  assert.equal(check('CHALLENGE', 300), 'valid')
  assert.equal(check('CAPTCHA', 300), 'TOKEN_MISSING') // It solved no CAPTCHA.
  assert.equal(tokens.solvedAtMs('CHALLENGE', withCookie(answer), webACL()), startMs)
})

const ways: readonly [
  name: string,
  way: 'picture' | 'question',
  answer: (right: { drawn: string; said: string }) => string,
  status: number,
][] = [
  ['what the picture shows', 'picture', ({ drawn }) => ` ${drawn.toLowerCase()} `, 200],
  ['the answer to the question', 'question', ({ said }) => said, 200],
  ['nothing', 'picture', () => '', 403],
  ['the answer to the question for the picture', 'picture', ({ said }) => said, 403],
  ['what the picture shows for the question', 'question', ({ drawn }) => drawn, 403],
]

test('a CAPTCHA is solved by its picture or its question, and by nothing else', async () => {
  let ran = 0
  for (const [name, way, give, status] of ways) {
    const { tokens } = edge()
    const page = tokens.page('CAPTCHA', get(), webACL())
    assert.equal(page.statusCode, 405)
    assert.equal(header(page, 'x-amzn-waf-action'), 'captcha')
    const { answer, reloaded } = await visit(bodyOf(page), tokens, (element) => {
      if (way === 'question') element('other').listeners.get('click')?.({})
      element('answer').value = give(answersOf(bodyOf(page)))
      element('form').listeners.get('submit')?.({ preventDefault: () => undefined })
    })
    assert.equal(answer?.statusCode, status, name)
    assert.equal(reloaded, status === 200, name)
    if (status === 200) {
      const check = tokens.check(withCookie(answer), webACL())
      assert.deepEqual([check('CAPTCHA', 300), check('CHALLENGE', 300)], ['valid', 'valid'], name)
    }
    ran += 1
  }
  assert.equal(ran, 5)
})

test('the answers of a CAPTCHA are nowhere in its page', () => {
  const { tokens } = edge()
  for (let run = 0; run < 20; run += 1) {
    const page = bodyOf(tokens.page('CAPTCHA', get(), webACL()))
    const { drawn } = answersOf(page)
    const plain = page.replace(/base64,[^"]+/, '').replace(/data-state="[^"]+"/, '')
    assert.ok(!plain.toLowerCase().includes(drawn.toLowerCase()))
    const picture = Buffer.from(/base64,([^"]+)/.exec(page)?.[1] ?? '', 'base64')
    assert.ok(!picture.toString('latin1').includes(drawn))
    assert.equal(picture.subarray(1, 4).toString(), 'PNG')
  }
})

test('a puzzle is answered once, right or wrong', async () => {
  const { tokens } = edge()
  const page = bodyOf(tokens.page('CAPTCHA', get(), webACL()))
  const first = await visit(page, tokens, (element) => {
    element('answer').value = 'wrong'
    element('form').listeners.get('submit')?.({ preventDefault: () => undefined })
  })
  assert.equal(first.answer?.statusCode, 403)
  const { drawn } = answersOf(page)
  const second = post(tokens, (first.sent ?? '').replace('wrong', drawn))
  assert.equal(second.statusCode, 410)
  const solved = await visit(bodyOf(tokens.page('CHALLENGE', get(), webACL())), tokens)
  assert.equal(solved.answer?.statusCode, 200)
  assert.equal(post(tokens, solved.sent ?? '').statusCode, 410)
})

test('a solution counts for its client, host and web ACL, in its time, with its work', async () => {
  const { tokens, clock } = edge()
  const page = bodyOf(tokens.page('CHALLENGE', get(), webACL()))
  const other = edge()
  const { sent = '' } = await visit(page, other.tokens) // Solved, and spent in another process.
  const { state, count, id } = {
    ...(JSON.parse(sent) as { state: string; count: string }), // The page's own.
    id: / data-id="([^"]+)"/.exec(page)?.[1] ?? '',
  }
  let lazy = 0
  while (isWorkDone(id, String(lazy), 16)) lazy += 1
  const rows: readonly [
    name: string,
    json: string,
    from: EdgeRequest,
    acl: ReturnType<typeof webACL>,
    want: number,
  ][] = [
    ['another address', sent, get({ client: { address: '192.0.2.2', port: 1 } }), webACL(), 403],
    ['another host', sent, get({ host: 'example.com' }), webACL(), 403],
    ['another web ACL', sent, get(), webACL([], 'other'), 403],
    [
      'no work',
      JSON.stringify({ state, count: String(lazy), way: 'work', answer: '' }),
      get(),
      webACL(),
      403,
    ],
    [
      'work written otherwise',
      JSON.stringify({ state, count: `0${count}`, way: 'work', answer: '' }),
      get(),
      webACL(),
      403,
    ],
    ["a CAPTCHA's way", sent.replace('"work"', '"picture"'), get(), webACL(), 403],
    ['a state changed', sent.replace(state, `${state.slice(0, -2)}AA`), get(), webACL(), 403],
    ['no JSON', '{', get(), webACL(), 400],
    ['null', 'null', get(), webACL(), 400],
    ['a number for a state', '{"state":1,"count":"1","way":"work","answer":""}', get(), webACL(), 400],
    [
      'a way that a prototype has',
      '{"state":"","count":"1","way":"constructor","answer":""}',
      get(),
      webACL(),
      400,
    ],
    ['a body too long', sent.padEnd(5_000), get(), webACL(), 413],
  ]
  for (const [name, json, from, acl, want] of rows)
    assert.equal(post(tokens, json, from, acl).statusCode, want, name)
  assert.equal(rows.length, 12)
  assert.equal(post(tokens, sent, get(), webACL(), 'text/plain').statusCode, 415)
  clock.nowMs += 120_000
  assert.equal(post(tokens, sent).statusCode, 410)
  clock.nowMs -= 1
  assert.equal(post(tokens, sent).statusCode, 200) // None of the refusals spent it.
})

test('a CAPTCHA solved as a challenge earns nothing', async () => {
  const { tokens } = edge()
  const page = bodyOf(tokens.page('CAPTCHA', get(), webACL())).replace(
    'data-kind="CAPTCHA"',
    'data-kind="CHALLENGE"',
  )
  assert.equal((await visit(page, tokens)).answer?.statusCode, 403)
})

test('who tries too often has to wait', async () => {
  const { tokens, clock } = edge()
  const statuses: (number | undefined)[] = []
  for (let run = 0; run < 31; run += 1) {
    const page = bodyOf(tokens.page('CAPTCHA', get(), webACL()))
    const { answer } = await visit(page, tokens, (element) => {
      element('answer').value = run < 30 ? 'wrong' : answersOf(page).drawn
      element('form').listeners.get('submit')?.({ preventDefault: () => undefined })
    })
    statuses.push(answer?.statusCode)
  }
  assert.deepEqual(statuses, [...Array.from({ length: 30 }, () => 403), 429])
  clock.nowMs += 300_000
  assert.equal(
    (await visit(bodyOf(tokens.page('CHALLENGE', get(), webACL())), tokens)).answer?.statusCode,
    200,
  )
})

test('when as many are solved as can be remembered, nothing is forgotten', async () => {
  const { tokens, clock } = edge(1)
  const one = await visit(bodyOf(tokens.page('CHALLENGE', get(), webACL())), tokens)
  const two = await visit(bodyOf(tokens.page('CHALLENGE', get(), webACL())), tokens)
  assert.deepEqual([one.answer?.statusCode, two.answer?.statusCode], [200, 503])
  clock.nowMs += 120_000
  const three = await visit(bodyOf(tokens.page('CHALLENGE', get(), webACL())), tokens)
  assert.equal(three.answer?.statusCode, 200)
})

test('a token is worth what AWS says', async () => {
  const { answer } = await challenged()
  assert.ok(answer)
  const cookie = (header(answer, 'set-cookie') ?? '').split(';')[0] ?? ''
  const foreign = createTokens({ key: Buffer.alloc(32, 8), world: { nowMs: () => startMs, randomBytes } })
  const stranger = (await challenged(get(), webACL(), { tokens: foreign, clock: { nowMs: startMs } })).answer
  assert.ok(stranger)
  const at = (sec: number): Partial<EdgeRequest> => ({ receivedAtMs: startMs + sec * 1000 })
  const rows: readonly [
    name: string,
    request: EdgeRequest,
    domains: readonly string[],
    want: 'valid' | TokenFailure,
  ][] = [
    ['none', get(), [], 'TOKEN_MISSING'],
    ['another cookie', get({}, [['cookie', `x${cookie}`]]), [], 'TOKEN_MISSING'],
    ['just in time', withCookie(answer, at(299.999)), [], 'valid'],
    ['too old', withCookie(answer, at(300)), [], 'TOKEN_EXPIRED'],
    ['in the header for other domains', get({}, [['X-Aws-Waf-Token', cookie.slice(14)]]), [], 'valid'],
    ['of another key', withCookie(stranger), [], 'TOKEN_INVALID'],
    [
      'changed',
      get({}, [['cookie', cookie.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))]]),
      [],
      'TOKEN_INVALID',
    ],
    ['words', get({}, [['cookie', 'aws-waf-token=null']]), [], 'TOKEN_INVALID'],
    ['a good one beside words', get({}, [['cookie', `aws-waf-token=null; ${cookie}`]]), [], 'valid'],
    ['on another host', withCookie(answer, { host: 'blog.example.com' }), [], 'TOKEN_DOMAIN_MISMATCH'],
    ['below its own host', withCookie(answer, { host: 'a.shop.example.com' }), [], 'TOKEN_DOMAIN_MISMATCH'],
    [
      'on another host of the list',
      withCookie(answer, { host: 'blog.example.com' }),
      ['example.com'],
      'valid',
    ],
    [
      'a list of others',
      withCookie(answer, { host: 'blog.example.com' }),
      ['example.org'],
      'TOKEN_DOMAIN_MISMATCH',
    ],
    [
      'a list with an ending of its host',
      withCookie(answer, { host: 'x.test' }),
      ['ple.com'],
      'TOKEN_DOMAIN_MISMATCH',
    ],
  ]
  for (const [name, request, domains, want] of rows)
    assert.equal(edge().tokens.check(request, webACL(domains))('CHALLENGE', 300), want, name)
  assert.equal(rows.length, 14)
})

test('no character of a token can be another one, and no other text of the edge is a token', async () => {
  const { tokens } = edge()
  const page = bodyOf(tokens.page('CHALLENGE', get(), webACL()))
  const { answer } = await visit(page, tokens)
  const token = (header(answer ?? assert.fail(), 'set-cookie') ?? '').split(';')[0]?.slice(14) ?? ''
  const check = (text: string): string =>
    tokens.check(get({}, [['cookie', `aws-waf-token=${text}`]]), webACL())('CHALLENGE', 300)
  assert.equal(check(token), 'valid')
  let tried = 0
  for (let at = 0; at < token.length; at += 1)
    for (const other of ['A', 'B', '-'])
      if (token[at] !== other) {
        const changed = token.slice(0, at) + other + token.slice(at + 1)
        assert.equal(check(changed), 'TOKEN_INVALID', `character ${at} of ${token.length}`)
        tried += 1
      }
  assert.ok(tried > 200, `${tried} were tried`)
  const state = / data-state="([^"]+)"/.exec(page)?.[1] ?? ''
  for (const text of [state, token.slice(0, -1), `${token}A`, `${token}=`, ` ${token} x`, `"${token}"`])
    assert.equal(check(text), 'TOKEN_INVALID', text)
})

test('with token domains, the cookie is for the apex of the list', async () => {
  const acl = webACL(['www.shop.example.com', 'example.com', 'shop.example.com', 'ample.com'])
  const { answer } = await challenged(get({ scheme: 'http' }), acl)
  assert.match(header(answer ?? assert.fail(), 'set-cookie') ?? '', /; SameSite=Lax; Domain=example\.com$/)
})

test('only a GET for HTML gets a page', () => {
  const { tokens } = edge()
  const rows = [
    get({ method: 'POST' }),
    get({ method: 'HEAD' }),
    { ...get(), headers: [['accept', 'application/json'] as const] },
    { ...get(), headers: [] },
  ]
  for (const request of rows)
    for (const kind of ['CHALLENGE', 'CAPTCHA'] as const) {
      const answer = tokens.page(kind, request, webACL())
      assert.equal(answer.body, '')
      assert.equal(answer.statusCode, kind === 'CHALLENGE' ? 202 : 405)
      assert.equal(header(answer, 'x-amzn-waf-action'), kind.toLowerCase())
    }
  assert.equal(rows.length, 4)
})

test('nothing of a request comes into a page', () => {
  const { tokens } = edge()
  const attack = '"><script>alert(1)</script><a href="//evil.example'
  const request = get({ path: `/${attack}`, query: `next=//evil.example&x=${attack}`, host: attack }, [
    ['referer', attack],
    ['user-agent', attack],
    ['cookie', `aws-waf-token=${attack}`],
  ])
  for (const kind of ['CHALLENGE', 'CAPTCHA'] as const) {
    const page = tokens.page(kind, request, webACL([attack]))
    assert.ok(!JSON.stringify(page).includes('evil'))
    assert.ok(!bodyOf(page).includes('alert'))
    const nonce = /script-src 'nonce-([^']+)'/.exec(header(page, 'content-security-policy') ?? '')?.[1]
    assert.ok(bodyOf(page).includes(`<script nonce="${nonce}">`))
    assert.match(header(page, 'content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/)
  }
})

test('the endpoint is one path, and takes POST alone', () => {
  const { tokens } = edge()
  const body = { bytes: Buffer.alloc(0), cut: false }
  assert.equal(tokens.answerTo(get({ path: '/' }), body, webACL()), undefined)
  assert.equal(tokens.answerTo(get({ path: `${verifyPath}/` }), body, webACL()), undefined)
  assert.equal(tokens.answerTo(get({ path: verifyPath }), body, webACL())?.statusCode, 405)
})

import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import type { World } from '#core/world.ts'
import { parseAddress, SlidingCounter } from '#engines/waf/index.ts'
import { headerValue } from '../cookies.ts'
import type { EdgeAnswer, EdgeRequest, Header } from '../request.ts'
import { createChance } from './chance.ts'
import { drawing, drawnText } from './drawing.ts'
import { bareAnswer, pageAnswer, verifyPath } from './pages.ts'
import { cookieName, presentedTokens, solvedAtMs } from './presented.ts'
import { isWorkDone, workBits } from './proof-of-work.ts'
import { openPuzzle, type Puzzle, sealPuzzle } from './puzzle.ts'
import { question } from './question.ts'
import { readSolution, type Solution } from './solution.ts'
import { SpentPuzzles } from './spent-puzzles.ts'
import { sealToken, type Token } from './token.ts'
import { domainOfNewToken } from './token-domains.ts'
import type { Tokens } from './tokens.ts'

export interface TokensOptions {
  /** 32 bytes, the same in every process of the edge. */
  readonly key: Uint8Array
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  /** Solved puzzles that are remembered at a time. */
  readonly spentMax?: number | undefined
}

/** How long a page may be looked at before its solution counts no more. */
const puzzleLifeMs = { CHALLENGE: 120_000, CAPTCHA: 300_000 } as const

/** Solutions that one address (of IPv6, one /64) may send within five minutes: many people share an address, few solve thirty. */
const attemptsMax = { CHALLENGE: 200, CAPTCHA: 30 } as const
const attemptWindowSec = 300

/** The longest immunity time that a rule may ask for: older tokens serve nothing. */
const tokenLifeSec = 259_200

/** State: which puzzles were solved and who tried how often, within this process. */
export function createTokens({ key, world, spentMax }: TokensOptions): Tokens {
  const seal = createSeal({ current: rootKeyOf(key), randomBytes: world.randomBytes })
  const chance = createChance(world.randomBytes)
  const spent = new SpentPuzzles(spentMax)
  const attempts = new SlidingCounter()

  /** Whether a solution earns a token; else the status of its refusal. */
  const judge = (
    request: EdgeRequest,
    webACL: string,
    solution: Solution,
  ): Puzzle | 403 | 410 | 429 | 503 => {
    const nowMs = world.nowMs()
    const puzzle = openPuzzle(seal, request, webACL, solution.state)
    if (puzzle === undefined) return 403
    if (puzzle.expiresAtMs <= nowMs) return 410
    if ((puzzle.kind === 'CHALLENGE') !== (solution.way === 'work')) return 403
    if (!isWorkDone(puzzle.id, solution.count, bitsOf(solution))) return 403
    const tried = attempts.count(puzzle.kind, networkOf(request.client.address), nowMs, attemptWindowSec)
    if (tried > attemptsMax[puzzle.kind]) return 429
    // Before the answer is looked at: a puzzle gets one, right or wrong.
    const state = spent.spend(puzzle.id, puzzle.expiresAtMs, nowMs)
    if (state !== 'spent') return state === 'again' ? 410 : 503
    return isAnswer(puzzle, solution) ? puzzle : 403
  }

  return {
    answerTo(request, body, webACL) {
      if (request.path !== verifyPath) return undefined
      const solution = readSolution(request, body)
      if (typeof solution === 'number') return refusal(solution)
      const puzzle = judge(request, webACL.arn, solution)
      if (typeof puzzle === 'number') return refusal(puzzle)
      const domain = domainOfNewToken(request.host, webACL.tokenDomains)
      const earlier = presentedTokens(seal, request, webACL.tokenDomains)
      const before =
        typeof earlier === 'string' ? undefined : earlier.find((token) => token.domain === domain)
      const nowMs = world.nowMs()
      const token: Token = {
        id: before?.id ?? world.randomBytes(12).toString('base64url'),
        domain,
        challengeSolvedMs: nowMs, // A CAPTCHA's page does a challenge's work too.
        captchaSolvedMs: puzzle.kind === 'CAPTCHA' ? nowMs : before?.captchaSolvedMs,
      }
      return answer(200, 'solved', [['Set-Cookie', cookie(sealToken(seal, token), domain, request)]])
    },

    check(request, webACL) {
      let presented: ReturnType<typeof presentedTokens> | undefined
      return (kind, immunitySec) => {
        presented ??= presentedTokens(seal, request, webACL.tokenDomains)
        if (typeof presented === 'string') return presented
        const solved = solvedAtMs(presented, kind)
        if (solved === undefined) return 'TOKEN_MISSING'
        const ageMs = request.receivedAtMs - solved
        return ageMs < immunitySec * 1000 ? 'valid' : 'TOKEN_EXPIRED'
      }
    },

    solvedAtMs(kind, request, webACL) {
      const presented = presentedTokens(seal, request, webACL.tokenDomains)
      return typeof presented === 'string' ? undefined : solvedAtMs(presented, kind)
    },

    page(kind, request, webACL) {
      if (!runsPages(request)) return bareAnswer(kind)
      const captcha = kind === 'CAPTCHA' ? { drawn: drawnText(chance), asked: question(chance) } : undefined
      const id = world.randomBytes(16).toString('base64url')
      const state = sealPuzzle(seal, request, webACL.arn, {
        id,
        kind,
        expiresAtMs: world.nowMs() + puzzleLifeMs[kind],
        drawn: captcha?.drawn ?? '',
        said: captcha?.asked.answer ?? '',
      })
      return pageAnswer(kind, {
        id,
        state,
        nonce: world.randomBytes(16).toString('base64'),
        captcha: captcha && { picture: drawing(captcha.drawn, chance), question: captcha.asked.text },
      })
    },
  }
}

function bitsOf({ way }: Solution): number {
  switch (way) {
    case 'work':
      return workBits.challenge
    case 'picture':
      return workBits.captcha
    case 'question':
      return workBits.question
  }
}

function isAnswer(puzzle: Puzzle, { way, answer: given }: Solution): boolean {
  const text = given.trim().toLowerCase()
  switch (way) {
    case 'work':
      return puzzle.kind === 'CHALLENGE'
    case 'picture':
      return puzzle.kind === 'CAPTCHA' && text === puzzle.drawn.toLowerCase()
    case 'question':
      return puzzle.kind === 'CAPTCHA' && text === puzzle.said
  }
}

/** Source: AWS WAF Developer Guide, "CAPTCHA and Challenge action behavior": pages go to GET requests that accept HTML. */
function runsPages(request: EdgeRequest): boolean {
  return (
    request.method === 'GET' && (headerValue(request, 'accept') ?? '').toLowerCase().includes('text/html')
  )
}

function networkOf(address: string): string {
  const parsed = parseAddress(address) ?? address
  return parsed.length === 16 ? parsed.slice(0, 8) : parsed
}

/** Scripts read it, as AWS's integrations do: the page sees by it whether the browser keeps cookies. It opens nothing but this gate. */
function cookie(token: string, domain: string, { host, scheme }: EdgeRequest): string {
  const shared = domain === host ? '' : `; Domain=${domain}`
  const secure = scheme === 'https' ? '; Secure' : ''
  return `${cookieName}=${token}; Path=/; Max-Age=${tokenLifeSec}; SameSite=Lax${shared}${secure}`
}

const words = {
  400: 'malformed',
  403: 'wrong',
  405: 'method',
  410: 'expired',
  413: 'large',
  415: 'type',
  429: 'attempts',
  503: 'full',
} as const satisfies Record<number, string>

function refusal(status: keyof typeof words): EdgeAnswer {
  return answer(status, words[status], status === 405 ? [['Allow', 'POST']] : [])
}

function answer(statusCode: number, result: string, headers: readonly Header[]): EdgeAnswer {
  return {
    statusCode,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ...headers,
    ],
    body: JSON.stringify({ result }),
  }
}

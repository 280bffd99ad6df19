import type { Seal } from '#core/seal/index.ts'

/** What a browser has shown, and when. */
export interface Token {
  /** Tells sessions apart; it stays when more is solved. */
  readonly id: string
  /** The domain for which it was given. */
  readonly domain: string
  /** Milliseconds since 1970; undefined where it was not solved. */
  readonly challengeSolvedMs: number | undefined
  readonly captchaSolvedMs: number | undefined
}

const purpose = 'waf token'

/** The text of a token: authenticated and secret, so that a client neither makes nor reads one. */
export function sealToken(seal: Seal, { id, domain, challengeSolvedMs, captchaSolvedMs }: Token): string {
  return seal.seal(
    purpose,
    '',
    JSON.stringify([id, domain, challengeSolvedMs ?? null, captchaSolvedMs ?? null]),
  )
}

/** Reads a token; undefined for whatever this edge did not make. */
export function openToken(seal: Seal, text: string): Token | undefined {
  if (text.length > tokenLengthMax) return undefined
  const opened = seal.tryOpen(purpose, '', text)
  if (opened === undefined) return undefined
  const [id, domain, challenge, captcha] = JSON.parse(opened.toString()) as [
    string,
    string,
    number | null,
    number | null,
  ] // Authentic: sealToken wrote it.
  return {
    id,
    domain,
    challengeSolvedMs: challenge ?? undefined,
    captchaSolvedMs: captcha ?? undefined,
  }
}

/** A domain has 253 characters at most; the rest is 200. */
const tokenLengthMax = 1_024

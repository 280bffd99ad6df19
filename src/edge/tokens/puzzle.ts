import type { Seal } from '#core/seal/index.ts'
import type { EdgeRequest } from '../request.ts'

/** What a page asks; its answers are sealed in what the page sends back, so that the edge keeps nothing of pages that nobody solves. */
export interface Puzzle {
  /** Good for one solution. */
  readonly id: string
  readonly kind: 'CAPTCHA' | 'CHALLENGE'
  readonly expiresAtMs: number
  /** Of a CAPTCHA: what the drawing shows, and what the question wants. */
  readonly drawn: string
  readonly said: string
}

const purpose = 'waf puzzle'

export function sealPuzzle(seal: Seal, request: EdgeRequest, webACL: string, puzzle: Puzzle): string {
  const { id, kind, expiresAtMs, drawn, said } = puzzle
  return seal.seal(purpose, contextOf(request, webACL), JSON.stringify([id, kind, expiresAtMs, drawn, said]))
}

/** Opens a page's state; undefined where it was made for another client, host or web ACL, or by somebody else. */
export function openPuzzle(
  seal: Seal,
  request: EdgeRequest,
  webACL: string,
  state: string,
): Puzzle | undefined {
  if (state.length > stateLengthMax) return undefined
  const opened = seal.tryOpen(purpose, contextOf(request, webACL), state)
  if (opened === undefined) return undefined
  const [id, kind, expiresAtMs, drawn, said] = JSON.parse(opened.toString()) as [
    string,
    Puzzle['kind'],
    number,
    string,
    string,
  ] // Authentic: sealPuzzle wrote it.
  return { id, kind, expiresAtMs, drawn, said }
}

const stateLengthMax = 1_024

function contextOf({ host, client }: EdgeRequest, webACL: string): string {
  return JSON.stringify([host, client.address, webACL])
}

import type { TokenFailure } from '#engines/waf/index.ts'
import type { Seal } from '#core/seal/index.ts'
import { cookieValues, headerValue } from '../cookies.ts'
import type { EdgeRequest } from '../request.ts'
import { openToken, type Token } from './token.ts'
import { isGoodFor } from './token-domains.ts'

export const cookieName = 'aws-waf-token'

/** Where clients of other domains of the list put it. Source: AWS WAF Developer Guide, "Using the JavaScript API". */
const headerName = 'x-aws-waf-token'

/** A browser sends more than one where their domains differ. Each costs a decryption. */
const tokensMax = 4

/** The tokens of a request that are good for its host; or why there is none. */
export function presentedTokens(
  seal: Seal,
  request: EdgeRequest,
  tokenDomains: readonly string[],
): readonly Token[] | Exclude<TokenFailure, 'TOKEN_EXPIRED'> {
  const texts = [...cookieValues(request, cookieName, tokensMax)]
  const header = headerValue(request, headerName)
  if (header !== undefined) texts.push(header)
  if (texts.length === 0) return 'TOKEN_MISSING'
  const tokens = texts.map((text) => openToken(seal, text)).filter((token) => token !== undefined)
  if (tokens.length === 0) return 'TOKEN_INVALID'
  const good = tokens.filter(({ domain }) => isGoodFor(domain, request.host, tokenDomains))
  return good.length === 0 ? 'TOKEN_DOMAIN_MISMATCH' : good
}

/** When the check was last passed, of several tokens the latest. */
export function solvedAtMs(tokens: readonly Token[], kind: 'CAPTCHA' | 'CHALLENGE'): number | undefined {
  const times = tokens
    .map((token) => (kind === 'CAPTCHA' ? token.captchaSolvedMs : token.challengeSolvedMs))
    .filter((time) => time !== undefined)
  return times.length === 0 ? undefined : Math.max(...times)
}

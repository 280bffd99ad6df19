import { hash } from 'node:crypto'
import {
  canonicalHeaders,
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  type PathRules,
  pathRulesOf,
  stringToSign,
} from './canonical-request.ts'
import { unchunk } from './chunks.ts'
import type { Claim } from './claim.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { payloadOf } from './payload.ts'
import { checkClaim, type VerifyOptions } from './policy.ts'
import type { SignedRequest } from './request.ts'
import { type SecretMaterial, SigningKeys } from './signing-key.ts'

/** A request that its claimed signer signed. */
export interface Verified {
  readonly ok: true
  /** The body: as it came, or freed of its chunks. */
  readonly body: Uint8Array
  /** Headers that came after a chunked body, by lower-case name; their checksums are the caller's to compare. */
  readonly trailers: ReadonlyMap<string, string>
}

/** Checks signatures of requests, and keeps the keys that it derived for that. */
export interface Verifier {
  /**
   * Verifies that the holder of the secret signed this request, now, for this service. `claim` is what `readClaim` read from
   * the same request.
   * Faults: those of `checkClaim`; InvalidPayload; SignatureDoesNotMatch.
   */
  verify(
    request: SignedRequest,
    claim: Claim,
    secret: SecretMaterial,
    options: VerifyOptions,
  ): Verified | AuthenticationFailure
}

/** What a verifier may keep, and how services sign their paths. */
export interface VerifierOptions {
  /** How many derived keys are kept; about 300 bytes each. */
  readonly cacheEntriesMax?: number
  /** How paths are signed, by signing name; S3 keeps its paths as they are, others normalize and encode them. */
  readonly pathRules?: (service: string) => PathRules
}

const signature = new Set(['X-Amz-Signature'])
const signatureAndToken = new Set(['X-Amz-Signature', 'X-Amz-Security-Token'])
const noTrailers: ReadonlyMap<string, string> = new Map()

/** Makes a verifier with its own cache of derived keys. */
export function createVerifier(options: VerifierOptions = {}): Verifier {
  const { cacheEntriesMax = 10_000, pathRules = pathRulesOf } = options
  const keys = new SigningKeys(cacheEntriesMax)

  return {
    verify(request, claim, secret, options) {
      const refused = checkClaim(request, claim, options)
      if (refused !== undefined) return refused
      const payload = payloadOf(request, claim)
      if ('ok' in payload) return payload
      const headers = canonicalHeaders(request, claim.signedHeaders)
      if (headers === undefined) return authenticationFailure('SignatureDoesNotMatch')

      const key = keys.of(claim, secret)
      const path = canonicalPath(request.path, pathRules(claim.scope.service))
      const matches = (query: string): boolean => {
        const bytes = canonicalRequest(
          request.method,
          path,
          query,
          headers,
          claim.signedHeaders,
          payload.hash,
        )
        return key.matches(stringToSign(claim, hash('sha256', bytes, 'hex')), claim.signature)
      }

      const found =
        claim.presigned === undefined
          ? matches(canonicalQuery(request.query))
          : matches(canonicalQuery(request.query, signature)) ||
            // Some clients add the session token after signing; it binds itself to the access key.
            (claim.sessionToken !== undefined && matches(canonicalQuery(request.query, signatureAndToken)))
      if (!found) return authenticationFailure('SignatureDoesNotMatch')

      if (payload.chunking === undefined) return { ok: true, body: request.body, trailers: noTrailers }
      const unchunked = unchunk(request, claim, payload.chunking, key)
      return 'ok' in unchunked ? unchunked : { ok: true, ...unchunked }
    },
  }
}

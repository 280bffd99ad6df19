import { hash } from 'node:crypto'
import type { Claim } from './claim.ts'
import { isS3 } from './canonical-request.ts'
import { type AuthenticationFailure, authenticationFailure } from './failure.ts'
import { signingParameters } from './presigned-query.ts'
import { headerOf, type SignedRequest } from './request.ts'

/** Stands for a payload that the signature leaves out. Source: S3 API Reference, as for `streaming` below. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD'

/** How a body travels in chunks (`aws-chunked`). */
export interface Chunking {
  readonly signed: boolean
  readonly trailer: boolean
}

/**
 * The markers that x-amz-content-sha256 may hold in place of a hash, with the algorithm that signs the chunks.
 * Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header", x-amz-content-sha256.
 */
const streaming: ReadonlyMap<string, Chunking & { readonly algorithm: Claim['algorithm'] | undefined }> =
  new Map([
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailer: true, algorithm: undefined }],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true, trailer: false, algorithm: 'AWS4-HMAC-SHA256' }],
    [
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      { signed: true, trailer: true, algorithm: 'AWS4-HMAC-SHA256' },
    ],
    [
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
      { signed: true, trailer: false, algorithm: 'AWS4-ECDSA-P256-SHA256' },
    ],
    [
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
      { signed: true, trailer: true, algorithm: 'AWS4-ECDSA-P256-SHA256' },
    ],
  ])

/** What stands for the body in the canonical request, and how the body is to be read. */
export interface Payload {
  readonly hash: string
  readonly chunking: Chunking | undefined
}

/**
 * Reads x-amz-content-sha256 (header, or query of a presigned request); without one the body's own hash is signed, but for
 * presigned requests to S3, which leave the payload unsigned.
 * INVARIANT: a stated hash is compared with the body's, so a body other than the signed one never passes.
 */
export function payloadOf(request: SignedRequest, claim: Claim): Payload | AuthenticationFailure {
  const stated = headerOf(request, 'x-amz-content-sha256') ?? (claim.presigned && statedInQuery(request))
  if (stated === undefined) {
    const unsigned = claim.presigned !== undefined && isS3(claim.scope.service)
    return { hash: unsigned ? unsignedPayload : sha256(request.body), chunking: undefined }
  }
  if (stated === unsignedPayload) return { hash: stated, chunking: undefined }

  const chunking = streaming.get(stated)
  if (chunking !== undefined) {
    if (chunking.algorithm !== undefined && chunking.algorithm !== claim.algorithm) {
      return authenticationFailure('InvalidPayload', `'${stated}' cannot be signed with ${claim.algorithm}.`)
    }
    return { hash: stated, chunking }
  }

  if (!/^[0-9a-f]{64}$/.test(stated)) {
    return authenticationFailure(
      'InvalidPayload',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- value or a valid sha256 value.',
    )
  }
  if (stated !== sha256(request.body)) return authenticationFailure('InvalidPayload')
  return { hash: stated, chunking: undefined }
}

const emptyHash = hash('sha256', '', 'hex')

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return bytes.length === 0 ? emptyHash : hash('sha256', bytes, 'hex')
}

function statedInQuery(request: SignedRequest): string | undefined {
  const parameters = signingParameters(request.query)
  return 'ok' in parameters ? undefined : parameters.get('X-Amz-Content-Sha256')
}

import assert from 'node:assert/strict'
import type { Secret } from '#core/seal/index.ts'
import type { World } from '#core/world.ts'
import { createSigner } from '#wire/sigv4/index.ts'
import { type Network, type Resolve, systemResolve } from '#core/address-guard.ts'
import { readAnswer } from './answer.ts'
import { type ExternalCiphertext, readCiphertext, readPlaintext } from './ciphertext.ts'
import { endpointProblem } from './endpoint.ts'
import { createExchange } from './exchange.ts'
import { type Health, readHealth } from './health.ts'
import { type ExternalKeyMetadata, readKeyMetadata } from './key-metadata.ts'
import { failed, type XksOutcome } from './outcome.ts'
import type {
  HealthRequestMetadata,
  KeyRequestMetadata,
  XksDecryptRequest,
  XksEncryptRequest,
} from './requests.ts'

/** An external key store's proxy. Each call comes to an outcome; `faults.ts` says which fault of KMS a failure is. */
export interface XksProxy {
  /** Whether the proxy can serve. A report in which every key manager is unavailable is a failure. */
  health(requestMetadata: HealthRequestMetadata): Promise<XksOutcome<Health>>
  keyMetadata(
    externalKeyId: string,
    requestMetadata: KeyRequestMetadata,
  ): Promise<XksOutcome<ExternalKeyMetadata>>
  /** Encrypts, with the proxy's word (`ciphertextDataIntegrityValue`, checked) that the result decrypts. */
  encrypt(request: XksEncryptRequest): Promise<XksOutcome<ExternalCiphertext>>
  /** The plaintext is the caller's to wipe. */
  decrypt(request: XksDecryptRequest): Promise<XksOutcome<{ readonly plaintext: Buffer }>>
  /** Closes the idle connections. */
  close(): void
}

/** Where a proxy is, whom requests to it are signed as, and what it may do. */
export interface XksProxyOptions {
  readonly uriEndpoint: string
  readonly uriPath: string
  readonly accessKeyId: string
  /** Read when this is called; the signer keeps it as a string, as every signer must. */
  readonly secretAccessKey: Secret
  readonly region: string
  /** PEM certificates of authorities to trust besides the system's. */
  readonly trust?: readonly string[]
  /** Networks that are not public and in which the proxy may be all the same. Default: none. */
  readonly networks?: readonly Network[]
  /** For a whole call, connection included. */
  readonly timeoutMs?: number
  readonly world: Pick<World, 'nowMs' | 'after'>
  /** Default: the system's. */
  readonly resolve?: Resolve
}

/** Source: XKS Proxy API Specification, "KMS Considerations": KMS gives up after 250 ms. */
const timeoutMsDefault = 250

/**
 * Connects to an external key store's proxy, lazily: nothing is sent before the first call.
 *
 * What passes here in base64 is text, which cannot be wiped. That is why KMS encrypts under its own key material first: a plaintext of
 * these calls is already a ciphertext.
 * Source: XKS Proxy API Specification; signature: its appendix "Using SigV4 to sign XKS proxy requests".
 * Differs: no client certificate (mutual TLS), which the specification leaves to the proxy to ask for; HTTP/1.1 only, which every
 * proxy must speak.
 */
export function connectXksProxy(options: XksProxyOptions): XksProxy {
  const { uriEndpoint, uriPath, accessKeyId, secretAccessKey, region, world } = options
  assert.equal(endpointProblem(uriEndpoint, uriPath), undefined, 'an endpoint is checked before it is saved')
  const { host, hostname, port } = new URL(uriEndpoint)
  const signer = createSigner({
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal().toString('utf8'),
    service: 'kms-xks-proxy',
    region,
  })
  const exchange = createExchange({
    hostname,
    port: port === '' ? 443 : Number(port),
    trust: options.trust ?? [],
    timeoutMs: options.timeoutMs ?? timeoutMsDefault,
    after: world.after,
    resolve: options.resolve ?? systemResolve,
    networks: options.networks ?? [],
  })

  async function call<Value>(
    tail: string,
    payload: object,
    read: Parameters<typeof readAnswer<Value>>[1],
  ): Promise<XksOutcome<Value>> {
    const path = `${uriPath}/${tail}`
    const body = Buffer.from(JSON.stringify(payload))
    // Host and date alone are signed: what else is sent is not part of the specification's signature.
    const { headers } = signer.sign(
      { method: 'POST', path, query: '', headers: { host }, body },
      world.nowMs(),
    )
    const signed = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const answer = await exchange.post(
      path,
      {
        ...Object.fromEntries(signed),
        'content-type': 'application/json',
        'content-length': String(body.length),
      },
      body,
    )
    body.fill(0)
    if (!answer.ok) return answer
    const outcome = readAnswer(answer, read)
    answer.body.fill(0)
    return outcome
  }

  async function callKey<Value>(
    externalKeyId: string,
    operation: 'metadata' | 'encrypt' | 'decrypt',
    payload: object,
    read: Parameters<typeof readAnswer<Value>>[1],
  ): Promise<XksOutcome<Value>> {
    // `..` has the form of an id, and in a path it would name something else.
    if (!/^[a-zA-Z0-9._-]{1,128}$/.test(externalKeyId) || /^\.{1,2}$/.test(externalKeyId)) {
      return failed('KeyNotFoundException', 'not the id of an external key')
    }
    return call(`keys/${externalKeyId}/${operation}`, payload, read)
  }

  return {
    health: (requestMetadata) => call('health', { requestMetadata }, readHealth),

    keyMetadata: (externalKeyId, requestMetadata) =>
      callKey(externalKeyId, 'metadata', { requestMetadata }, readKeyMetadata),

    encrypt({ externalKeyId, plaintext, additionalAuthenticatedData, requestMetadata }) {
      const payload = {
        requestMetadata,
        additionalAuthenticatedData: base64(additionalAuthenticatedData),
        plaintext: base64(plaintext),
        encryptionAlgorithm: 'AES_GCM',
        ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
      }
      return callKey(externalKeyId, 'encrypt', payload, (members) =>
        readCiphertext(members, plaintext.length, additionalAuthenticatedData),
      )
    },

    decrypt({ externalKeyId, requestMetadata, ciphertext, ...rest }) {
      const payload = {
        requestMetadata,
        additionalAuthenticatedData: base64(rest.additionalAuthenticatedData),
        ciphertext: base64(ciphertext),
        ciphertextMetadata: base64(rest.ciphertextMetadata),
        encryptionAlgorithm: 'AES_GCM',
        initializationVector: base64(rest.initializationVector),
        authenticationTag: base64(rest.authenticationTag),
      }
      return callKey(externalKeyId, 'decrypt', payload, (members) =>
        readPlaintext(members, ciphertext.length),
      )
    },

    close: () => exchange.close(),
  }
}

/** JSON leaves out what is undefined, which is how an optional member is absent. */
function base64(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

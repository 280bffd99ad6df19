import { createRequire } from 'node:module'
import { lengthPrefixed } from './lengths.ts'
import { RootKeyError } from './root-keys.ts'

/** An AES key on a PKCS#11 token, by its labels. */
export interface TokenSource {
  readonly kind: 'pkcs11'
  /** Path of the vendor's PKCS#11 library. */
  readonly module: string
  readonly token: string
  readonly pin: string
  readonly key: string
}

/**
 * Encrypts a root key under a token's key, which never leaves the token: AES-GCM with a random IV, so that a changed text does not
 * decrypt. Answers base64 of IV, ciphertext and tag.
 * Source: PKCS#11 v3.0 Current Mechanisms, 2.11 (CKM_AES_GCM).
 * Faults: RootKeyError.
 */
export function wrapByToken(
  source: TokenSource,
  rootKey: Buffer,
  randomBytes: (length: number) => Uint8Array,
): string {
  const iv = Buffer.from(randomBytes(ivBytes))
  return withKey(source, (library, session, key) => {
    library.C_EncryptInit(session, gcm(iv), key)
    const sealed = library.C_Encrypt(session, rootKey, Buffer.alloc(rootKey.length + tagBytes))
    return Buffer.concat([iv, sealed]).toString('base64')
  })
}

/**
 * Decrypts what `wrapByToken` made, on the token.
 * Faults: RootKeyError.
 */
export function unwrapByToken(source: TokenSource, wrapped: string): Buffer {
  const bytes = Buffer.from(wrapped, 'base64')
  if (bytes.length <= ivBytes + tagBytes)
    throw new RootKeyError('the wrapped root key in root-key.json is damaged; restore it from a backup')
  return withKey(source, (library, session, key) => {
    library.C_DecryptInit(session, gcm(bytes.subarray(0, ivBytes)), key)
    const into = Buffer.alloc(bytes.length)
    const opened = Buffer.from(library.C_Decrypt(session, bytes.subarray(ivBytes), into))
    into.fill(0)
    return opened
  })
}

const packageName = 'pkcs11js'
const ivBytes = 12
const tagBytes = 16
const associated = lengthPrefixed(['redoubt root key v1'])

/** Source: PKCS#11 v3.0 Base Specification, pkcs11t.h; CK_PARAMS_AES_GCM is of pkcs11js. */
const [CKF_SERIAL_SESSION, CKU_USER, CKO_SECRET_KEY, CKA_CLASS, CKA_LABEL] = [4, 1, 4, 0, 3]
const [CKM_AES_GCM, CK_PARAMS_AES_GCM] = [0x1087, 3]

function gcm(iv: Buffer): object {
  return {
    mechanism: CKM_AES_GCM,
    parameter: {
      type: CK_PARAMS_AES_GCM,
      iv,
      aad: associated,
      ivBits: ivBytes * 8,
      tagBits: tagBytes * 8,
    },
  }
}

/** What is used of pkcs11js, which an operator installs who has a token: it is compiled on installation, so nobody else should. */
interface Library {
  load(path: string): void
  close(): void
  C_Initialize(): void
  C_Finalize(): void
  C_GetSlotList(withToken: boolean): readonly Handle[]
  C_GetTokenInfo(slot: Handle): { readonly label: string }
  C_OpenSession(slot: Handle, flags: number): Handle
  C_CloseSession(session: Handle): void
  C_Login(session: Handle, user: number, pin: string): void
  C_Logout(session: Handle): void
  C_FindObjectsInit(session: Handle, template: readonly object[]): void
  C_FindObjects(session: Handle, max: number): readonly Handle[]
  C_FindObjectsFinal(session: Handle): void
  C_EncryptInit(session: Handle, mechanism: object, key: Handle): void
  C_Encrypt(session: Handle, plaintext: Buffer, into: Buffer): Buffer
  C_DecryptInit(session: Handle, mechanism: object, key: Handle): void
  C_Decrypt(session: Handle, ciphertext: Buffer, into: Buffer): Buffer
}
type Handle = Buffer

/** Works with the token's key in a session of its own; whatever the token answers but success becomes a `RootKeyError`. */
function withKey<Answer>(
  source: TokenSource,
  work: (library: Library, session: Handle, key: Handle) => Answer,
): Answer {
  const library = openLibrary(source.module)
  try {
    library.C_Initialize()
    try {
      const session = library.C_OpenSession(findToken(library, source), CKF_SERIAL_SESSION)
      library.C_Login(session, CKU_USER, source.pin)
      try {
        return work(library, session, findKey(library, session, source))
      } finally {
        library.C_Logout(session)
        library.C_CloseSession(session)
      }
    } finally {
      library.C_Finalize()
    }
  } catch (error) {
    throw asRefusal(error, source)
  } finally {
    library.close()
  }
}

function openLibrary(path: string): Library {
  const { PKCS11 } = requirePackage()
  const library = new PKCS11()
  try {
    library.load(path)
  } catch (error) {
    throw new RootKeyError(
      `the PKCS#11 library ${path} (REDOUBT_PKCS11_MODULE) does not load: ${wordsOf(error)}`,
    )
  }
  return library
}

function requirePackage(): { readonly PKCS11: new () => Library } {
  try {
    // What pkcs11js exports, as far as it is used here.
    return createRequire(import.meta.url)(packageName) as { PKCS11: new () => Library }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error
    throw new RootKeyError(
      `a PKCS#11 token needs the package ${packageName}, which is not installed: run npm install ${packageName}@2 where Redoubt ` +
        'is installed (it is compiled then, with a C++ compiler), or name its folder in NODE_PATH',
    )
  }
}

function findToken(library: Library, { token }: TokenSource): Handle {
  const slots = library.C_GetSlotList(true)
  const labels = slots.map((slot) => library.C_GetTokenInfo(slot).label.trimEnd())
  const found = slots.filter((_, position) => labels[position] === token)
  const [slot] = found
  if (slot === undefined || found.length > 1)
    throw new RootKeyError(
      `${found.length === 0 ? 'no' : 'more than one'} token has the label '${token}' (REDOUBT_PKCS11_TOKEN); there are: ` +
        (labels.map((label) => `'${label}'`).join(', ') || 'none'),
    )
  return slot
}

function findKey(library: Library, session: Handle, { key, token, module }: TokenSource): Handle {
  const template = [
    { type: CKA_CLASS, value: CKO_SECRET_KEY },
    { type: CKA_LABEL, value: key },
  ]
  library.C_FindObjectsInit(session, template)
  const found = library.C_FindObjects(session, 2)
  library.C_FindObjectsFinal(session)
  const [only] = found
  if (only === undefined || found.length > 1)
    throw new RootKeyError(
      `the token '${token}' has ${found.length === 0 ? 'no' : 'more than one'} secret key with the label '${key}' ` +
        `(REDOUBT_PKCS11_KEY); make one with: pkcs11-tool --module ${module} --login --keygen --key-type AES:32 --label ${key}`,
    )
  return only
}

function asRefusal(error: unknown, { token, key }: TokenSource): RootKeyError {
  if (error instanceof RootKeyError) return error
  return new RootKeyError(
    `the token '${token}' refused to use the key '${key}': ${wordsOf(error)}; nothing was changed`,
  )
}

/** A name such as CKR_PIN_INCORRECT; no error of the library holds the PIN or a key. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}

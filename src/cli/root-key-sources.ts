import { isWrappedByToken, RootKeyError, type RootKeySource } from '#core/seal/index.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a rotation may be told to take the new root key from; by default, from where the present one comes. */
export type NewSource = 'file' | 'pkcs11'

/**
 * Where the environment says that the root key comes from; without a word, from the file in the data directory.
 * Faults: RootKeyError for a token that is named in part.
 */
export function rootKeySource(environment: Environment): RootKeySource {
  const { REDOUBT_ROOT_KEY: value, REDOUBT_PASSPHRASE: passphrase } = environment
  if (value !== undefined) return { kind: 'environment', value }
  if (passphrase !== undefined) return { kind: 'passphrase', passphrase }
  if (environment['REDOUBT_PKCS11_MODULE'] !== undefined) return tokenSource(environment)
  return { kind: 'file' }
}

/** As `rootKeySource`, for a command whose environment also names the token that the root key is to move to. */
export function presentSource(
  environment: Environment,
  to: NewSource | undefined,
  directory: string,
): RootKeySource {
  const moves = to === 'pkcs11' && !isWrappedByToken(directory)
  return rootKeySource(moves ? { ...environment, REDOUBT_PKCS11_MODULE: undefined } : environment)
}

/** Where the new root key is to come from; undefined for the present source. Faults: RootKeyError. */
export function newSource(environment: Environment, to: NewSource | undefined): RootKeySource | undefined {
  const { REDOUBT_NEW_ROOT_KEY: value, REDOUBT_NEW_PASSPHRASE: passphrase } = environment
  if ([to, value, passphrase].filter((given) => given !== undefined).length > 1)
    throw new RootKeyError('give one of --to, REDOUBT_NEW_ROOT_KEY and REDOUBT_NEW_PASSPHRASE')
  if (value !== undefined) return { kind: 'environment', value }
  if (passphrase !== undefined) return { kind: 'passphrase', passphrase }
  if (to === 'pkcs11') return tokenSource(environment)
  return to && { kind: to }
}

function tokenSource(environment: Environment): RootKeySource {
  const named = (name: string): string => {
    const value = environment[name]
    if (value === undefined || value === '')
      throw new RootKeyError(`a root key from a PKCS#11 token needs ${name} in the environment`)
    return value
  }
  return {
    kind: 'pkcs11',
    module: named('REDOUBT_PKCS11_MODULE'),
    token: named('REDOUBT_PKCS11_TOKEN'),
    pin: named('REDOUBT_PKCS11_PIN'),
    key: named('REDOUBT_PKCS11_KEY'),
  }
}

import { malformed, type Members } from './answer.ts'
import { failed, type XksFailure, type XksOutcome } from './outcome.ts'

/** Source: XKS Proxy API Specification, "GetKeyMetadata". A proxy may name other specs and usages than those KMS can use. */
export interface ExternalKeyMetadata {
  readonly keySpec: string
  readonly keyUsage: readonly string[]
  readonly keyStatus: 'ENABLED' | 'DISABLED'
}

const keyUsagesMax = 10

/** Takes a GetKeyMetadata answer apart. */
export function readKeyMetadata({ keySpec, keyUsage, keyStatus }: Members): XksOutcome<ExternalKeyMetadata> {
  const usages: readonly unknown[] = Array.isArray(keyUsage) ? keyUsage : []
  if (
    typeof keySpec !== 'string' ||
    !Array.isArray(keyUsage) ||
    usages.length > keyUsagesMax ||
    !usages.every((usage) => typeof usage === 'string') ||
    (keyStatus !== 'ENABLED' && keyStatus !== 'DISABLED')
  ) {
    return malformed('key metadata that lack something')
  }
  return { ok: true, value: { keySpec, keyUsage: usages, keyStatus } }
}

/**
 * Why CreateKey refuses an external key, or undefined.
 * Source: XKS Proxy API Specification, "GetKeyMetadata", "KMS Considerations".
 */
export function unfitKey({ keySpec, keyUsage, keyStatus }: ExternalKeyMetadata): XksFailure | undefined {
  if (keySpec !== 'AES_256') return failed('UnfitKey', `keySpec ${keySpec}`)
  if (!keyUsage.includes('ENCRYPT') || !keyUsage.includes('DECRYPT')) {
    return failed('InvalidKeyUsageException', `keyUsage ${keyUsage.join()}`)
  }
  return keyStatus === 'ENABLED' ? undefined : failed('InvalidStateException', `keyStatus ${keyStatus}`)
}

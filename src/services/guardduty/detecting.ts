import type { Reader, Scope, StoreReader } from '#core/store/index.ts'
import { detectors } from './documents.ts'

/** Whether a detector of an account's Region is enabled: front doors then tell of their requests. */
export function isDetecting(reader: Reader, { account, region }: Scope): boolean {
  return reader.list(detectors, { account, region }).some(({ document }) => document.status === 'ENABLED')
}

/** How many detectors are enabled, in all accounts and Regions. */
export function enabledDetectors(reader: StoreReader): number {
  return [...reader.everywhere(detectors)].filter(({ document }) => document.status === 'ENABLED').length
}

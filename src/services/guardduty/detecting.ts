import type { Reader, Scope } from '#core/store/index.ts'
import { detectors } from './documents.ts'

/** Whether a detector of an account's Region is enabled: front doors then tell of their requests. */
export function isDetecting(reader: Reader, { account, region }: Scope): boolean {
  return reader.list(detectors, { account, region }).some(({ document }) => document.status === 'ENABLED')
}

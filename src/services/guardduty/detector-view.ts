import type { Reader, Scope } from '#core/store/index.ts'
import { detectors } from './documents.ts'

/** Whether somebody detects threats in an account's Region: its records are wanted. */
export function detects(reader: Reader, scope: Scope): boolean {
  return reader.list(detectors, scope, { where: ({ status }) => status === 'ENABLED', limit: 1 }).length > 0
}

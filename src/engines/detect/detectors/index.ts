import type { AnyDetector } from '../detector.ts'
import { accessDetectors } from './access/index.ts'
import { controlDetectors } from './control/index.ts'
import { dnsDetectors } from './dns/index.ts'
import { flowDetectors } from './flow/index.ts'
import { webDetectors } from './web/index.ts'

/** All detectors. To add one: its file, and a line in its family's list. */
export const allDetectors: readonly AnyDetector[] = [
  ...controlDetectors,
  ...accessDetectors,
  ...flowDetectors,
  ...dnsDetectors,
  ...webDetectors,
]

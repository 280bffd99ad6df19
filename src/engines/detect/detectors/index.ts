import type { AnyDetector } from '../detector.ts'
import { cloudTrailLogging } from './cloudtrail-logging.ts'
import { dnsDetectors } from './dns/index.ts'
import { flowDetectors } from './flow/index.ts'
import { webDetectors } from './web/index.ts'

/** All detectors. To add one: its file, and a line here. */
export const allDetectors: readonly AnyDetector[] = [
  cloudTrailLogging,
  ...flowDetectors,
  ...dnsDetectors,
  ...webDetectors,
]

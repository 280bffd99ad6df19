import type { AnyDetector } from '../detector.ts'
import { accessDetectors } from './access/index.ts'
import { behaviourDetectors } from './behaviour/index.ts'
import { controlDetectors } from './control/index.ts'
import { dnsDetectors } from './dns/index.ts'
import { flowDetectors } from './flow/index.ts'
import { sequenceDetectors } from './sequences/index.ts'
import { webDetectors } from './web/index.ts'

/** Detectors of records. To add one: its file, and a line in its family's index. */
const ofRecords: readonly AnyDetector[] = [
  ...controlDetectors,
  ...accessDetectors,
  ...behaviourDetectors,
  ...flowDetectors,
  ...dnsDetectors,
  ...webDetectors,
]

/** All detectors. */
export const allDetectors: readonly AnyDetector[] = [...ofRecords, ...sequenceDetectors(ofRecords)]

import type { AnyDetector } from '../detector.ts'
import { behaviourDetectors } from './behaviour/index.ts'
import { cloudTrailLogging } from './cloudtrail-logging.ts'
import { sequenceDetectors } from './sequences/index.ts'

/** Detectors of records. To add one: its file, and a line in its family's index. */
const ofRecords: readonly AnyDetector[] = [cloudTrailLogging, ...behaviourDetectors]

/** All detectors. */
export const allDetectors: readonly AnyDetector[] = [...ofRecords, ...sequenceDetectors(ofRecords)]

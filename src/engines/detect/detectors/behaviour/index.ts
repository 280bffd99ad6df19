import type { AnyDetector } from '../../detector.ts'
import { anomalousBehaviour } from './anomalous-behaviour.ts'

/** Learn what is usual, and find what is not. */
export const behaviourDetectors: readonly AnyDetector[] = [anomalousBehaviour]

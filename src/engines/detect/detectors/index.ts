import type { AnyDetector } from '../detector.ts'
import { accessDetectors } from './access/index.ts'
import { controlDetectors } from './control/index.ts'

/** All detectors. To add one: its file, and a line in its family's list. */
export const allDetectors: readonly AnyDetector[] = [...controlDetectors, ...accessDetectors]

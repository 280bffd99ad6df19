import type { AnyDetector } from '../../detector.ts'
import { credentialSequences } from './credentials.ts'
import { instanceSequences } from './instances.ts'
import { severitiesOf } from './severities.ts'

/** Look at what the given detectors say: what belongs together is an attack. */
export function sequenceDetectors(over: readonly AnyDetector[]): readonly AnyDetector[] {
  const severityOf = severitiesOf(over)
  return [credentialSequences(severityOf), instanceSequences(severityOf)]
}

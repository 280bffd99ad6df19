import type { AnyDetector } from '../../detector.ts'
import { bruteForce } from './brute-force.ts'
import { denialOfService } from './denial-of-service.ts'
import { habits } from './habits.ts'
import { listedAddresses } from './listed-addresses.ts'
import { portProbe } from './port-probe.ts'
import { portScan } from './port-scan.ts'
import { portSweep } from './port-sweep.ts'
import { spambot } from './spambot.ts'

/** Detectors of flow records. */
export const flowDetectors: readonly AnyDetector[] = [
  listedAddresses,
  portProbe,
  portScan,
  portSweep,
  bruteForce,
  denialOfService,
  spambot,
  habits,
]

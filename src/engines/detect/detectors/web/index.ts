import type { AnyDetector } from '../../detector.ts'
import { blockedClient } from './blocked-client.ts'
import { credentialStuffing } from './credential-stuffing.ts'
import { distributedStuffing } from './distributed-stuffing.ts'
import { flood } from './flood.ts'
import { injection } from './injection.ts'
import { scanner } from './scanner.ts'

/** Detectors of web requests. */
export const webDetectors: readonly AnyDetector[] = [
  scanner,
  injection,
  credentialStuffing,
  distributedStuffing,
  flood,
  blockedClient,
]

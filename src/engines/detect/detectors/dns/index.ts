import type { AnyDetector } from '../../detector.ts'
import { generatedDomains } from './generated-domains.ts'
import { listedDomains } from './listed-domains.ts'
import { metadataRebind } from './metadata-rebind.ts'
import { tunnel } from './tunnel.ts'

/** Detectors of DNS queries. */
export const dnsDetectors: readonly AnyDetector[] = [listedDomains, generatedDomains, tunnel, metadataRebind]

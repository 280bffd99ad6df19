/**
 * Threat detection: records in, signals out, signals made into findings. Pure and synchronous: it knows nothing of stores, of the clock or
 * of where records come from, and says the same of the same records.
 */
export {
  createDetection,
  type Detection,
  type DetectionOptions,
  type DetectionState,
  idOf as recordId,
} from './detection.ts'
export {
  type AnyDetector,
  type Detector,
  detector,
  type SequenceDetector,
  sequenceDetector,
} from './detector.ts'
export { allDetectors } from './detectors/index.ts'
export { findingOf, type FindingHome } from './findings/finding.ts'
export { namesIn, remedy, sentence } from './findings/texts.ts'
export { builtInFiles, builtInLists } from './lists/built-in.ts'
export { type ListEntries, type ListFormat, listLimits, parseList } from './lists/formats.ts'
export { createListings, type EntityList } from './lists/listings.ts'
export { readCloudTrail } from './reading/cloudtrail.ts'
export { readDnsQuery } from './reading/dns.ts'
export { createFlowReader, defaultFlowFormat, type FlowReader } from './reading/flow.ts'
export { type Read, type Rejection, rejections } from './reading/rejection.ts'
export { readWafLog } from './reading/waf.ts'
export {
  type CloudTrailRecord,
  type DnsRecord,
  type FlowRecord,
  type Source,
  type Sources,
  sources,
  type UserIdentity,
  type WebRecord,
} from './records.ts'
export type { RecordId } from './memory/seen-ids.ts'
export type { FindingFacts, RemediationStep, Signal } from './signal.ts'
export {
  type Listing,
  type Origin,
  type Surroundings,
  type Threat,
  unknownSurroundings,
} from './surroundings.ts'

/** Ingestion's door: records of files, written to the segments that detection follows. */
export { ingest, type Ingested, type IngestOptions, type IngestProgress } from './ingest.ts'
export { type IngestKind, ingestKinds, kinds, type ReadText, recordLine } from './kinds.ts'

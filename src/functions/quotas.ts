import { availableParallelism } from 'node:os'

const mebibyte = 1024 * 1024

/** Source: Lambda Developer Guide, "Lambda quotas", function configuration, deployment, and execution. Units: bytes unless named otherwise. */
export const quotas = {
  /** An archive that is uploaded directly. */
  zippedBytesMax: 50 * mebibyte,
  /** The contents of function and layers together. */
  unzippedBytesMax: 262_144_000,
  /** Differs: our own, so that an archive of empty files takes bounded time. Units: entries. */
  archiveEntriesMax: 100_000,
  requestBytesMax: 6 * mebibyte,
  /** What AWS adds for the wrapping of an answer: 6 MB and 100 bytes, as its message says. */
  responseBytesMax: 6_291_556,
  /** Source: AWS, July 2025, "AWS Lambda response streaming now supports 200 MB response payloads". */
  streamBytesMax: 200 * mebibyte,
  /** Source: AWS, October 2025, "AWS Lambda increases maximum payload size from 256 KB to 1 MB for asynchronous invocations". */
  eventBytesMax: mebibyte,
  logTailBytes: 4096,
  /** Source: Lambda API Reference, Invoke, ClientContext: "Up to 3,583 bytes of base64-encoded data". */
  clientContextBytesMax: 3_583,
  initMs: 10_000,
  openFiles: 1024,
  /** Differs: AWS has 1,024 processes and threads; on a machine that is shared, so many take the processor from everybody. */
  processes: 128,
} as const

/** Our own bounds. */
export const bounds = {
  /** Environments of one machine at a time. */
  environments: 100,
  /** Of these such that start, and how long each keeps others waiting at most. Units: milliseconds. */
  starts: { places: Math.min(16, 2 * availableParallelism()), heldMs: 1_000 },
  /** An environment without work is ended after this. Units: milliseconds. */
  idleMs: 600_000,
  /** What of a streamed answer waits for its reader before the function has to wait. Units: bytes. */
  streamWaitingBytes: mebibyte,
  /** What a function may log during one invocation; the rest is left out, and said so. Units: bytes. */
  logBytes: 4 * mebibyte,
  /** What each line counts beside its text: empty ones cost too. Source: PutLogEvents, "26 bytes for each log event". Units: bytes. */
  logEventBytes: 26,
  /** A line of a log; a longer one is cut. Source: CloudWatch Logs quotas, event size. Units: bytes. */
  logLineBytes: 262_144 - 26,
  /** How often memory and storage are looked at. Units: milliseconds. */
  watchMs: 200,
  /** How often what functions need is kept from cleaners of old files. Units: milliseconds. */
  refreshMs: 86_400_000,
  /** What the kernel lets a process have beyond its function's memory: what runtimes set aside and do not touch. Units: bytes. */
  memoryHeadroom: 512 * mebibyte,
  /** Files and folders in a function's /tmp. */
  storageEntries: 50_000,
} as const

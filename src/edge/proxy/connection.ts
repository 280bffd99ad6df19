import type { TlsFacts } from '../request.ts'

/** Where a connection came from and by what. */
export interface Place {
  readonly port: number
  readonly address: string
  readonly clientPort: number
  readonly tls: TlsFacts | undefined
}

/** Whoever is on a connection, of either version of HTTP. */
export interface Kept {
  readonly sweep: (nowMs: number) => void
  /** Ends what waits for a request, and the rest after its answer. */
  readonly stop: () => void
  /** Lets what waits for a request have one more, and ends after an answer. */
  readonly drain: () => void
  readonly cut: () => void
}

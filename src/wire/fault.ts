/** What a caller did wrong, before it has the form of a protocol. Core's `Fault` fits it, so does `WireFault`. */
export interface FaultLike {
  /** An error shape of the service's model (`NoSuchEntityException`) or a code of `common-faults.ts` (`AccessDenied`). */
  readonly code: string
  readonly message: string
  /** HTTP status where the model names none; for a common code, the table of `common-faults.ts` decides. */
  readonly status?: number | undefined
  /** Further members of the error shape. */
  readonly members?: Readonly<Record<string, unknown>> | undefined
}

/** A request that the wire itself refuses: malformed, of the wrong type, against the model's constraints, unknown. */
export class WireFault extends Error implements FaultLike {
  readonly code: string
  readonly status: number | undefined
  readonly members: Readonly<Record<string, unknown>> | undefined

  constructor(code: string, message: string, status?: number, members?: Readonly<Record<string, unknown>>) {
    super(message)
    this.name = 'WireFault'
    this.code = code
    this.status = status
    this.members = members
  }
}

/**
 * A body that cannot be read: each codec gives it the code of its protocol (`Codec.decode`), since those who find it,
 * deep in a document, know only what is wrong.
 */
export class Malformed extends Error {}

/** Why a request is answered without being asked for: its bytes are not HTTP/1.1 as this server reads it, or too many. */
export interface Refusal {
  readonly kind: 'refusal'
  readonly status: number
  /** For the answer's body. Nothing of the request is repeated in it. */
  readonly reason: string
}

/** Makes a refusal; `reason` is a sentence of our own for whoever reads the answer. */
export function refusal(status: number, reason: string): Refusal {
  return { kind: 'refusal', status, reason }
}

export function badRequest(reason: string): Refusal {
  return refusal(400, reason)
}

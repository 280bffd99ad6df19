import type { ServiceName } from '#models/index.d.ts'
import type { FaultLike } from './fault.ts'
import type { HttpRequest, HttpResponse } from './http.ts'
import type { OperationModel, Protocol } from './shapes.ts'

/** A decoded input: a null-prototype object of modelled members, valid by the model. `models/<service>.d.ts` types it. */
export type Input = Readonly<Record<string, unknown>>

/** One protocol: how operations, their answers and errors stand in HTTP messages. */
export interface Codec {
  readonly protocol: Protocol

  /**
   * Reads and validates an operation's input. Members that the model lacks are ignored, as AWS does.
   * Faults: WireFault, in AWS's words, for a body that cannot be read or breaks the model's constraints; nothing else.
   */
  decode(operation: OperationModel, request: HttpRequest): Input

  /** Writes an operation's output, which is of the model's type: anything else is a bug, thrown as TypeError. */
  encode(operation: OperationModel, output: unknown, requestId: string): HttpResponse

  /** Writes an error, with code and status from the model or the common errors. `service` is unknown where routing failed. */
  encodeFault(service: ServiceName | undefined, fault: FaultLike, requestId: string): HttpResponse
}

import type { ServiceName } from '#models/index.d.ts'
import { commonFault } from './common-faults.ts'
import type { FaultLike } from './fault.ts'
import { model } from './model.ts'
import type { Protocol, StructureShape } from './shapes.ts'

/** A fault as a protocol writes it. */
export interface FaultForm {
  /** The error shape of the model, where it has one. */
  readonly shape: StructureShape | undefined
  /** What JSON and CBOR name the error by: the shape's name. */
  readonly name: string
  /** What XML, and the header for services that were query once, name it by. */
  readonly code: string
  readonly status: number
  /** Whose mistake it is, in AWS's words. */
  readonly type: 'Sender' | 'Receiver'
  /** The members of the shape but for the message. */
  readonly members: Readonly<Record<string, unknown>>
  readonly message: string
  /** What the shape calls its message; undefined where it has none. */
  readonly messageName: string | undefined
}

/**
 * Finds a fault's code and status: in the service's model by shape name, then by wire code, then among the common errors,
 * in the protocol's spelling; a code that none of them knows stays as it is.
 */
export function faultForm(service: ServiceName | undefined, fault: FaultLike, protocol: Protocol): FaultForm {
  const shape = service === undefined ? undefined : errorShape(service, fault.code)
  const common = shape ? undefined : commonFault(fault.code, protocol)
  const status = common?.status ?? fault.status ?? shape?.error?.status ?? 400
  return {
    shape,
    name: shape?.name ?? common?.code ?? fault.code,
    code: shape?.error?.code ?? common?.code ?? fault.code,
    status,
    type: status < 500 ? 'Sender' : 'Receiver',
    members: fault.members ?? {},
    message: fault.message,
    messageName: shape?.members.find(({ name }) => name.toLowerCase() === 'message')?.name,
  }
}

function errorShape(service: ServiceName, code: string): StructureShape | undefined {
  const { errors } = model(service)
  return errors.get(code) ?? [...errors.values()].find(({ error }) => error?.code === code)
}

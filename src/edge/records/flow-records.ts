import type { Arn } from '#core/arn.ts'
import type { FrontDoor } from '#core/front-door.ts'
import type { FlowRecord } from '#engines/detect/index.ts'
import type { ConnectionRecord, RequestRecord } from '../record.ts'

const tcp = 6
/** The client began, the edge answered, and both have ended. Source: VPC User Guide, "Flow log records", tcp-flags. */
const [fin, syn, ack] = [1, 2, 16]
/** What a packet carries at most over Ethernet with the usual options. Units: bytes. Source: RFC 9293, section 3.7.1. */
const segmentBytesMax = 1_448

/**
 * Flow records of clients' connections: of a connection, one for each direction once it has ended.
 * A connection belongs to the load balancers that its requests were for. One without any request, or one that nobody let in, belongs to those
 * with a listener on its port; on a port that all share it is nobody's.
 * Differs: a record is of a whole connection, not of a minute. Packets are counted as the fewest that could carry the bytes: what the kernel
 * sent is not told.
 */
export class FlowRecords {
  readonly #doors = new Map<Arn, FrontDoor>()
  /** By the client's address and port: whose requests an open connection has brought. */
  readonly #open = new Map<string, Map<Arn, FrontDoor>>()

  put(door: FrontDoor): void {
    this.#doors.set(door.arn, door)
  }

  remove(id: string): void {
    this.#doors.delete(id as Arn) // An id of a front door is its ARN.
  }

  request({ frontDoor, request }: RequestRecord): void {
    if (frontDoor.observed !== true) return
    const key = keyOf(request.client)
    const known = this.#open.get(key)
    if (known) known.set(frontDoor.arn, frontDoor)
    else this.#open.set(key, new Map([[frontDoor.arn, frontDoor]]))
  }

  /** The lines of a connection that has ended: none where nobody asks for its records. */
  connection(record: ConnectionRecord): readonly string[] {
    const key = keyOf({ address: record.address, port: record.clientPort })
    const asked = this.#open.get(key)
    this.#open.delete(key)
    const doors = asked ? [...asked.values()] : this.#onPort(record.port)
    return doors.flatMap((door) => flowsOf(record, door)).map((flow) => JSON.stringify(flow))
  }

  #onPort(port: number): readonly FrontDoor[] {
    return [...this.#doors.values()].filter(
      ({ observed, listeners }) => observed === true && listeners.some((listener) => listener.port === port),
    )
  }
}

function keyOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} ${port}`
}

function flowsOf(record: ConnectionRecord, door: FrontDoor): readonly FlowRecord[] {
  const { address, clientPort, localAddress, port, admitted, openedAtMs, closedAtMs } = record
  const shared = {
    ...{
      accountId: door.account,
      region: door.region,
      interfaceId: interfaceOf(door),
      instanceId: door.arn,
      protocol: tcp,
    },
    ...({ startMs: openedAtMs, endMs: closedAtMs, action: admitted ? 'ACCEPT' : 'REJECT' } as const),
  }
  const inwards: FlowRecord = {
    ...shared,
    ...{ srcaddr: address, srcport: clientPort, dstaddr: localAddress, dstport: port },
    ...{ ...sizeOf(record.receivedBytes), flowDirection: 'ingress', tcpFlags: admitted ? syn | fin : syn },
  }
  if (!admitted) return [inwards]
  const outwards: FlowRecord = {
    ...shared,
    ...{ srcaddr: localAddress, srcport: port, dstaddr: address, dstport: clientPort },
    ...{ ...sizeOf(record.sentBytes), flowDirection: 'egress', tcpFlags: syn | ack | fin },
  }
  return [inwards, outwards]
}

function sizeOf(bytes: number): Pick<FlowRecord, 'bytes' | 'packets'> {
  return { bytes, packets: Math.max(1, Math.ceil(bytes / segmentBytesMax)) }
}

/** A load balancer has one interface here: `eni-` and the digits of its id. */
function interfaceOf({ resourceId }: FrontDoor): string {
  return `eni-0${resourceId.slice(resourceId.lastIndexOf('/') + 1)}`
}

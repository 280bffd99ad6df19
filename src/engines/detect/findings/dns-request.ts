import { registeredName } from '../reading/domains.ts'
import type { DnsRecord } from '../records.ts'
import type { Signal } from '../signal.ts'
import type { Listing } from '../surroundings.ts'
import { threatsOf } from './network-connection.ts'
import {
  type Machine,
  machineEntities,
  machineId,
  machineResource,
  machineValues,
  typeFor,
} from './network-resource.ts'

/** What a detector adds to what follows from the record. */
type Said = Pick<Signal, 'type'> &
  Partial<Pick<Signal, 'severity' | 'additionalInfo' | 'weak'>> & {
    readonly values?: Readonly<Record<string, string>>
    /** What tells findings apart beside type and machine; the registered domain, unless the detector says otherwise. */
    readonly about?: string | undefined
    /** The lists that the domain stands in. */
    readonly listings?: readonly Listing[] | undefined
  }

/** The signal of a query: its resource is the machine that asked, which is the actor. */
export function dnsSignal(record: DnsRecord, said: Said): Signal {
  const domain = registeredName(record.queryName)?.domain ?? record.queryName
  const { type, values, about = domain, listings, ...rest } = said
  const machine = askerOf(record)
  return {
    ...rest,
    type: typeFor(type, machine),
    atMs: record.atMs,
    key: `${record.accountId} ${machineId(machine)} ${about}`,
    resource: machineResource(machine),
    action: {
      ActionType: 'DNS_REQUEST',
      DnsRequestAction: {
        Domain: record.queryName,
        Protocol: record.transport ?? 'UDP',
        Blocked: record.blocked ?? false,
        DomainWithSuffix: domain,
        VpcOwnerAccountId: record.accountId,
      },
    },
    resourceRole: 'ACTOR',
    values: { ...machineValues(machine), name: record.queryName, domain, ...values },
    ...(listings && { threats: threatsOf(listings) }),
    entities: machineEntities(machine, undefined),
  }
}

function askerOf({ accountId, instanceId, vpcId, srcaddr }: DnsRecord): Machine {
  return { accountId, instanceId, vpcId, address: srcaddr }
}

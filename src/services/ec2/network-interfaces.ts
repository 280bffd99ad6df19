import { listing } from './access.ts'
import { ec2 } from './declare.ts'
import { faults } from './faults.ts'
import { compileFilters, filterTable } from './filters.ts'
import { page } from './paging.ts'

/** The filters that AWS knows. Source: EC2 API Reference, DescribeNetworkInterfaces. */
const names = [
  'association.allocation-id',
  'association.association-id',
  'addresses.association.owner-id',
  'addresses.association.public-ip',
  'addresses.primary',
  'addresses.private-ip-address',
  'association.ip-owner-id',
  'association.public-dns-name',
  'association.public-ip',
  'attachment.attach-time',
  'attachment.attachment-id',
  'attachment.delete-on-termination',
  'attachment.device-index',
  'attachment.instance-id',
  'attachment.instance-owner-id',
  'attachment.status',
  'availability-zone',
  'availability-zone-id',
  'description',
  'group-id',
  'group-name',
  'interface-type',
  'ipv6-addresses.ipv6-address',
  'mac-address',
  'network-interface-id',
  'operator.managed',
  'operator.principal',
  'owner-id',
  'private-dns-name',
  'private-ip-address',
  'requester-id',
  'requester-managed',
  'source-dest-check',
  'status',
  'subnet-id',
  'vpc-id',
] as const

const filters = filterTable<never>(Object.fromEntries(names.map((name) => [name, () => undefined])))

/**
 * Lists network interfaces: there are none.
 * Differs: AWS gives a load balancer one in each of its subnets; here it listens on the machine's own addresses.
 */
export const DescribeNetworkInterfaces = ec2('DescribeNetworkInterfaces', {
  access: (_, __, call) => listing(call, 'ec2:DescribeNetworkInterfaces'),
  run({ input }) {
    for (const id of input.NetworkInterfaceIds ?? []) throw faults.noSuchInterface(id)
    compileFilters(filters, input.Filters, () => ({}))
    page(input, [], () => '')
    return { NetworkInterfaces: [] }
  },
})

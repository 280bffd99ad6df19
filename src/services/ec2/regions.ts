import type { AvailabilityZone, Region } from '#models/ec2.d.ts'
import { listing } from './access.ts'
import { ec2 } from './declare.ts'
import { faults } from './faults.ts'
import { compileFilters, filterTable } from './filters.ts'
import { isAsked } from './vpcs.ts'
import { type Zone, zonesOf } from './zones.ts'

/**
 * The regions that are told, by partition: those that AWS accounts have from the beginning.
 * Source: AWS General Reference, "Regions"; there are no others to opt in to.
 * Differs: a call is answered in whatever region its signature names, and each has its own documents.
 */
const regions: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'aws',
    [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ca-central-1',
      'eu-central-1',
      'eu-north-1',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
    ],
  ],
  ['aws-cn', ['cn-north-1', 'cn-northwest-1']],
  ['aws-us-gov', ['us-gov-east-1', 'us-gov-west-1']],
])

const optInStatus = 'opt-in-not-required'

const regionFilters = filterTable<string>({
  'region-name': (region) => region,
  'opt-in-status': () => optInStatus,
  endpoint: () => undefined,
})

/** Lists regions. Differs: they have no endpoints of their own: all are served here. */
export const DescribeRegions = ec2('DescribeRegions', {
  access: (_, __, call) => listing(call, 'ec2:DescribeRegions'),
  run({ input: { RegionNames, Filters }, call }) {
    const all = regions.get(call.partition) ?? [call.region]
    for (const name of RegionNames ?? [])
      if (!all.includes(name)) throw faults.invalidValue(name, 'RegionName', 'Invalid region name.')
    const holds = compileFilters(regionFilters, Filters)
    const asked = all.filter((name) => isAsked(RegionNames, name) && holds(name))
    return { Regions: asked.map((RegionName): Region => ({ RegionName, OptInStatus: optInStatus })) }
  },
})

const zoneFilters = filterTable<Zone>({
  'group-name': ({ name }) => name.slice(0, -1),
  'opt-in-status': () => optInStatus,
  'parent-zone-id': () => undefined,
  'parent-zone-name': () => undefined,
  'region-name': ({ name }) => name.slice(0, -1),
  state: () => 'available',
  'zone-id': ({ id }) => id,
  'zone-name': ({ name }) => name,
  'zone-type': () => 'availability-zone',
})

/** Lists the three zones that every region has here. */
export const DescribeAvailabilityZones = ec2('DescribeAvailabilityZones', {
  access: (_, __, call) => listing(call, 'ec2:DescribeAvailabilityZones'),
  run({ input: { ZoneNames, ZoneIds, Filters }, call }) {
    const { region } = call
    const all = zonesOf(region)
    for (const name of ZoneNames ?? [])
      if (!all.some((zone) => zone.name === name))
        throw faults.invalidValue(name, 'ZoneName', 'Invalid availability zone.')
    for (const id of ZoneIds ?? [])
      if (!all.some((zone) => zone.id === id))
        throw faults.invalidValue(id, 'ZoneId', 'Invalid availability zone-id.')
    const holds = compileFilters(zoneFilters, Filters)
    const asked = all.filter(
      (zone) => isAsked(ZoneNames, zone.name) && isAsked(ZoneIds, zone.id) && holds(zone),
    )
    return { AvailabilityZones: asked.map((zone) => shownZone(region, zone)) }
  },
})

function shownZone(region: string, { name, id }: Zone): AvailabilityZone {
  return {
    State: 'available',
    OptInStatus: optInStatus,
    Messages: [],
    RegionName: region,
    ZoneName: name,
    ZoneId: id,
    GroupName: region,
    NetworkBorderGroup: region,
    ZoneType: 'availability-zone',
  }
}

/** Source: AWS General Reference, "Elastic Load Balancing endpoints and quotas", hosted zone ids of application load balancers. */
const hostedZones: ReadonlyMap<string, string> = new Map([
  ['us-east-1', 'Z35SXDOTRQ7X7K'],
  ['us-east-2', 'Z3AADJGX6KTTL2'],
  ['us-west-1', 'Z368ELLRRE2KJ0'],
  ['us-west-2', 'Z1H1FL5HABSF5'],
  ['ca-central-1', 'ZQSVJUPU6J1EY'],
  ['eu-central-1', 'Z215JYRZR1TBD5'],
  ['eu-west-1', 'Z32O12XQLNTSW2'],
  ['eu-west-2', 'ZHURV8PSTC4K8'],
  ['eu-west-3', 'Z3Q77PNBQS71R4'],
  ['eu-north-1', 'Z23TAZ6LKFMNIO'],
  ['eu-south-1', 'Z3ULH7SSC9OV64'],
  ['ap-northeast-1', 'Z14GRHDCWA56QT'],
  ['ap-northeast-2', 'ZWKZPGTI48KDX'],
  ['ap-south-1', 'ZP97RAFLXTNZK'],
  ['ap-southeast-1', 'Z1LMS91P8CMLE5'],
  ['ap-southeast-2', 'Z1GM3OXH4ZPM65'],
  ['sa-east-1', 'Z2P70J7HTTTPLU'],
])

/** The id of the hosted zone that DNS aliases of a region's load balancers name; those of other regions are shown as us-east-1's. */
export function hostedZoneOf(region: string): string {
  return hostedZones.get(region) ?? 'Z35SXDOTRQ7X7K'
}

import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { items, text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService, isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:EC2/UnusualInstancesLaunched'

/** Accelerated families: what is mined or trained on. Source: EC2 User Guide, "Amazon EC2 instance types", accelerated computing. */
const accelerated = /^(?:p\d|g\d|gr\d|inf\d|trn\d|dl\d|f\d|vt\d)/
/** From here an instance costs more in a day than most do in a month. */
const sizeMin = 16
/** Whoever needs twenty at once has Auto Scaling start them. */
const countMany = 20
/** An attempt at one may be a mistake; nobody tries five accelerated ones by mistake. */
const attemptedMany = 5
const attempted = 4

/** Instances as miners want them: accelerated, very large, or in great number. Source: EC2 API Reference, RunInstances. */
export const instanceLaunches = detector({
  name: 'instance-launches',
  source: 'cloudTrail',
  events: ['ec2:RunInstances', 'ec2:RequestSpotInstances'],
  finds: {
    [type]: {
      severity: 6,
      title: '{instances} instances of {instanceType} were started.',
      description: '{userName} called {api} for {instances} instances of the type {instanceType}.',
      remediation: undo(
        'Terminate them.',
        'aws ec2 terminate-instances --instance-ids {instanceId} --region {region}',
      ),
    },
  },
  see(record) {
    if (isByService(record)) return undefined
    const instanceType =
      text(record.requestParameters, 'instanceType') ??
      text(record.requestParameters, 'launchSpecification', 'instanceType') ??
      ''
    const count = countOf(record)
    const unusual = isUnusual(instanceType)
    if (!(isDone(record) ? unusual || count >= countMany : unusual && count >= attemptedMany))
      return undefined
    const instanceId = text(items(record.responseElements, 'instancesSet')[0], 'instanceId')
    return apiCallSignal(record, {
      ...{ type, about: instanceType, severity: isDone(record) ? undefined : attempted },
      values: { instanceType, instances: String(count), ...(instanceId !== undefined && { instanceId }) },
    })
  },
})

function isUnusual(instanceType: string): boolean {
  const [, size = ''] = instanceType.split('.', 2)
  const multiple = /^(\d{1,4})xlarge$/.exec(size)?.[1]
  return accelerated.test(instanceType) || size.startsWith('metal') || Number(multiple ?? 0) >= sizeMin
}

function countOf({ requestParameters }: CloudTrailRecord): number {
  const asked = items(requestParameters, 'instancesSet').map((one) => Number(value(one, 'maxCount') ?? 1))
  return Math.max(1, Number(value(requestParameters, 'instanceCount') ?? 1), ...asked.slice(0, 10))
}

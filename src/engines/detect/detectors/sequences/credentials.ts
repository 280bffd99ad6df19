import { type AnyDetector, sequenceDetector } from '../../detector.ts'
import { stopCredentials } from '../remedies.ts'
import { attackSignal } from './attack-signal.ts'
import type { SeverityOf } from './severities.ts'
import { freshTrace, isAttack, isAttackOfMany, trace, type TracedSignal } from './trace.ts'

const compromisedCredentials = 'AttackSequence:IAM/CompromisedCredentials'
const compromisedData = 'AttackSequence:S3/CompromisedData'

/** Types that say that data itself was read, changed or deleted. */
const ofData = /^(?:Exfiltration|Impact):S3\//

/**
 * Credentials in wrong hands: signals of one principal, or of several from one address, that are an attack together. Where data was taken or
 * destroyed too, a finding says that as well.
 * Source: GuardDuty User Guide, "GuardDuty attack sequence finding types".
 */
export const credentialSequences = (severityOf: SeverityOf): AnyDetector =>
  sequenceDetector({
    name: 'credential-sequences',
    source: 'signal',
    finds: {
      [compromisedCredentials]: {
        severity: 9,
        title: 'Credentials of {userName} were compromised.',
        description:
          '{signals} signals of several stages of an attack within a day point at {userName}, last {api} from {remoteIp}.',
        remediation: stopCredentials,
      },
      [compromisedData]: {
        severity: 9.5,
        title: 'Data in S3 was compromised by {userName}.',
        description:
          '{signals} signals of several stages of an attack within a day, among them on data in S3, point at {userName}, last {api} from {remoteIp}.',
        remediation: [
          ...stopCredentials,
          {
            text: 'Refuse the caller the bucket’s objects, and restore what is gone from older versions or a backup.',
            command: 'aws s3api list-object-versions --bucket {bucket} --max-items 100',
          },
        ],
      },
    },
    remembers: {
      entitiesOf: ({ entities }) => entities.filter(isOfCaller),
      fresh: freshTrace,
    },
    see(signal, { memory, entity }) {
      if (signal.action.AwsApiCallAction === undefined) return undefined // Of instances: another sequence.
      trace(memory, signal, severityOf(signal))
      const { signals } = memory
      if (!(entity.startsWith('address ') ? isAttackOfMany(signals) : isAttack(signals))) return undefined
      const types = [compromisedCredentials, ...(signals.some(isOfData) ? [compromisedData] : [])]
      return types.map((type) => attackSignal(type, entity, signal, signals))
    },
  })

function isOfCaller(entity: string): boolean {
  return entity.startsWith('principal ') || entity.startsWith('address ')
}

function isOfData({ type }: TracedSignal): boolean {
  return ofData.test(type)
}

import { type AnyDetector, sequenceDetector } from '../../detector.ts'
import { attackSignal } from './attack-signal.ts'
import type { SeverityOf } from './severities.ts'
import { freshTrace, isAttack, trace } from './trace.ts'

const compromisedInstances = 'AttackSequence:EC2/CompromisedInstanceGroup'

/**
 * A machine in wrong hands: what its connections and its questions of names say together.
 * Source: GuardDuty User Guide, "GuardDuty attack sequence finding types", AttackSequence:EC2/CompromisedInstanceGroup.
 * Differs: a group is one machine; what instances have in common is not in records of flows.
 */
export const instanceSequences = (severityOf: SeverityOf): AnyDetector =>
  sequenceDetector({
    name: 'instance-sequences',
    source: 'signal',
    finds: {
      [compromisedInstances]: {
        severity: 9,
        title: 'The machine {machine} was compromised.',
        description: '{signals} signals of several stages of an attack within a day point at {machine}.',
        remediation: [
          { text: 'Keep the machine, and cut it off: give it a security group that lets nothing in or out.' },
          {
            text: 'Keep its disks for an investigation.',
            command: 'aws ec2 create-snapshots --instance-specification InstanceId={instanceId}',
          },
          { text: 'Revoke the sessions of its role, and make a new machine from a clean image.' },
        ],
      },
    },
    remembers: {
      entitiesOf: ({ entities }) => entities.filter((entity) => entity.startsWith('instance ')),
      fresh: freshTrace,
    },
    see(signal, { memory, entity }) {
      trace(memory, signal, severityOf(signal))
      return isAttack(memory.signals)
        ? attackSignal(compromisedInstances, entity, signal, memory.signals)
        : undefined
    },
  })

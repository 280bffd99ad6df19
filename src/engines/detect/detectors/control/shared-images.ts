import { accountOfArn } from '../../reading/conditions.ts'
import { items, text } from '../../reading/values.ts'
import type { FindingFacts, RemediationStep } from '../../signal.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const snapshot = 'Exfiltration:EC2/SnapshotSharedExternally'
const image = 'Exfiltration:EC2/ImageSharedExternally'
const database = 'Exfiltration:RDS/SnapshotSharedExternally'

const severities = { foreign: 7, everyone: 8 } as const

/** A disk goes out as a snapshot or an image that a stranger may use. Source: EC2 API Reference, ModifySnapshotAttribute, ModifyImageAttribute. */
export const sharedImages = callDetector({
  name: 'shared-images',
  events: ['ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute'],
  finds: {
    [snapshot]: facts(
      'snapshot',
      undo(
        'Take the permission back.',
        'aws ec2 reset-snapshot-attribute --snapshot-id {shared} --attribute createVolumePermission --region {region}',
      ),
    ),
    [image]: facts(
      'image',
      undo(
        'Take the permission back.',
        'aws ec2 reset-image-attribute --image-id {shared} --attribute launchPermission --region {region}',
      ),
    ),
  },
  see(record, isOwn) {
    const { requestParameters } = record
    const added = [
      ...items(requestParameters, 'createVolumePermission', 'add'),
      ...items(requestParameters, 'launchPermission', 'add'),
    ].map((one) => text(one, 'group') ?? text(one, 'userId') ?? '')
    const id = text(requestParameters, 'snapshotId')
    const shared = id ?? text(requestParameters, 'imageId') ?? ''
    return saidOf(id === undefined ? image : snapshot, shared, stranger(added, isOwn))
  },
})

/** A database goes out as a snapshot. Source: RDS API Reference, ModifyDBSnapshotAttribute, ModifyDBClusterSnapshotAttribute. */
export const sharedDatabases = callDetector({
  name: 'shared-databases',
  events: ['rds:ModifyDBSnapshotAttribute', 'rds:ModifyDBClusterSnapshotAttribute'],
  finds: {
    [database]: facts('database snapshot', [
      {
        text: 'If it is a snapshot of an instance, take the permission back.',
        command:
          'aws rds modify-db-snapshot-attribute --db-snapshot-identifier {instanceSnapshot} --attribute-name restore --values-to-remove {whom} --region {region}',
      },
      ...undo(
        'If it is a snapshot of a cluster, take the permission back.',
        'aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier {clusterSnapshot} --attribute-name restore --values-to-remove {whom} --region {region}',
      ),
    ]),
  },
  see(record, isOwn) {
    const { requestParameters } = record
    const added = items(requestParameters, 'valuesToAdd').map(String)
    const instanceSnapshot = text(requestParameters, 'dBSnapshotIdentifier')
    const clusterSnapshot = text(requestParameters, 'dBClusterSnapshotIdentifier')
    const said = saidOf(database, instanceSnapshot ?? clusterSnapshot ?? '', stranger(added, isOwn))
    const names = {
      ...(instanceSnapshot && { instanceSnapshot }),
      ...(clusterSnapshot && { clusterSnapshot }),
    }
    return said && { ...said, values: { ...said.values, ...names } }
  },
})

/** Everyone, or the first account that is no own one. An organization or a unit of it is named by its ARN. */
function stranger(added: readonly string[], isOwn: (account: string) => boolean): string | undefined {
  return (
    added.find((one) => one === 'all') ??
    added.find((one) => /^\d{12}$/.test(accountOfArn(one) ?? one) && !isOwn(accountOfArn(one) ?? one))
  )
}

function saidOf(type: string, shared: string, whom: string | undefined) {
  if (whom === undefined) return undefined
  const severity = whom === 'all' ? severities.everyone : severities.foreign
  return { type, severity, about: shared, values: { shared, whom } }
}

function facts(noun: string, remediation: readonly RemediationStep[]): FindingFacts {
  return {
    severity: severities.foreign,
    title: `The ${noun} {shared} was shared with {whom}.`,
    description: `{userName} called {api}: {whom} may use the ${noun} {shared}, which is none of your accounts.`,
    remediation,
  }
}

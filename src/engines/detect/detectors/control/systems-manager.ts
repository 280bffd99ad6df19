import { burstDetector, noItems } from '../burst-detector.ts'
import { isByService, isDone } from '../call-detector.ts'
import { items, text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { undo } from '../remedies.ts'

const windowMs = 600_000
/** As for keys that are pushed: one or two machines are work, three in ten minutes are a run. */
const instancesMany = 3
/** All there are: as many as it takes. */
const everyInstance = Array.from({ length: instancesMany }, (_, at) => `* ${at}`)

/**
 * Commands of the caller's choice run on one instance after another. AWS's documents that patch or take stock run what AWS wrote.
 * Source: Systems Manager API Reference, SendCommand.
 */
export const remoteCommands = burstDetector({
  name: 'remote-commands',
  events: ['ssm:SendCommand'],
  type: 'Execution:EC2/CommandOnManyInstances',
  facts: {
    severity: 6,
    title: 'Commands run on many instances by {document}.',
    description: '{userName} ran {document} on {count} and more instances within ten minutes.',
    remediation: [
      {
        text: 'Cancel the command where it still runs.',
        command: 'aws ssm cancel-command --command-id {command} --region {region}',
      },
      ...undo(
        'See what it did.',
        'aws ssm list-command-invocations --command-id {command} --details --region {region}',
      ),
    ],
  },
  ...{ many: instancesMany, windowMs },
  itemsOf(record) {
    const { requestParameters } = record
    if (!isDone(record) || isByService(record) || !runsChosenCommands(record)) return noItems
    const ids = [...items(requestParameters, 'instanceIds'), ...named(record)].map(String)
    return isOfAll(record) ? [...everyInstance, ...ids] : ids
  },
  saidOf({ requestParameters, responseElements }) {
    const command = text(responseElements, 'command', 'commandId')
    const document = text(requestParameters, 'documentName') ?? ''
    return { about: document, values: { document, ...(command !== undefined && { command }) } }
  },
})

/** Source: Systems Manager User Guide, "AWS Systems Manager documents". */
const ofChoice: ReadonlySet<string> = new Set([
  ...['AWS-RunShellScript', 'AWS-RunPowerShellScript', 'AWS-RunRemoteScript', 'AWS-RunDocument'],
  ...['AWS-RunAnsiblePlaybook', 'AWS-ApplyAnsiblePlaybooks', 'AWS-RunSaltState'],
])

function runsChosenCommands({ requestParameters }: CloudTrailRecord): boolean {
  const document = text(requestParameters, 'documentName') ?? ''
  const name = document.slice(document.lastIndexOf('/') + 1)
  return ofChoice.has(name) || !/^(?:AWS|Amazon)[A-Z]*-/.test(name)
}

function named({ requestParameters }: CloudTrailRecord): readonly unknown[] {
  const targets = items(requestParameters, 'targets')
  return targets
    .filter((one) => /^instanceids$/i.test(text(one, 'key') ?? ''))
    .flatMap((one) => items(one, 'values'))
}

/** Without an id: every instance with a tag, or simply every one. */
function isOfAll({ requestParameters }: CloudTrailRecord): boolean {
  return items(requestParameters, 'targets').some((one) => items(one, 'values').includes('*'))
}

/** Shells are opened on one instance after another. Source: Systems Manager API Reference, StartSession. */
export const remoteSessions = burstDetector({
  name: 'remote-sessions',
  events: ['ssm:StartSession'],
  type: 'Execution:EC2/SessionsOnManyInstances',
  facts: {
    severity: 5,
    title: 'Sessions are opened on many instances.',
    description: '{userName} opened sessions on {count} and more instances within ten minutes.',
    remediation: undo(
      'End the sessions.',
      'aws ssm terminate-session --session-id {session} --region {region}',
    ),
  },
  ...{ many: instancesMany, windowMs },
  itemsOf(record) {
    const target = text(record.requestParameters, 'target')
    return isDone(record) && target !== undefined ? [target] : noItems
  },
  saidOf({ responseElements }) {
    const session = text(responseElements, 'sessionId')
    return { values: session === undefined ? {} : { session } }
  },
})

import { detector } from '../../detector.ts'
import { accountOf, apiCallSignal, principalOf, remoteAddress } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService, isDone } from '../call-detector.ts'
import { stopCredentials } from '../remedies.ts'
import { impossibleLeg, legValues, noJourney } from './journeys.ts'
import { sessionOf } from './sessions.ts'

const logins = 'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B'
const calls = 'UnauthorizedAccess:IAMUser/ImpossibleTravel'

const wholeSentence =
  '{userName} was seen in {from}, and {minutes} minutes later in {to}, {kilometres} km away, at {remoteIp}.'

/** The same user signs in from places that are too far apart. Source: GuardDuty User Guide, "GuardDuty IAM finding types". */
export const consoleLoginPlaces = detector({
  name: 'console-login-places',
  source: 'cloudTrail',
  events: ['signin:ConsoleLogin'],
  finds: {
    [logins]: {
      severity: 5,
      title: '{userName} signed in from {to}, too soon after {from}.',
      description: wholeSentence,
      remediation: [
        {
          text: 'If it was not the user, take the password away.',
          command: 'aws iam delete-login-profile --user-name {iamUser}',
        },
        ...stopCredentials,
      ],
    },
  },
  remembers: {
    entityOf: (record) =>
      text(record.responseElements, 'ConsoleLogin') === 'Success' ? personOf(record) : undefined,
    fresh: noJourney,
  },
  see(record, about) {
    const address = remoteAddress(record)
    const leg = address && impossibleLeg(about.memory, address, about)
    return leg ? apiCallSignal(record, { type: logins, about: leg.to, values: legValues(leg) }) : undefined
  },
})

/** The same credentials are used in places that are too far apart. Credentials of machines are looked at by where the machines are. */
export const callPlaces = detector({
  name: 'call-places',
  source: 'cloudTrail',
  finds: {
    [calls]: {
      severity: 6,
      title: 'Credentials of {userName} are used in {from} and in {to} at once.',
      description: wholeSentence,
      remediation: stopCredentials,
    },
  },
  remembers: { entityOf: ofUserKey, fresh: noJourney },
  see(record, about) {
    const leg = impossibleLeg(about.memory, remoteAddress(record) ?? '', about)
    return leg ? apiCallSignal(record, { type: calls, about: leg.to, values: legValues(leg) }) : undefined
  },
})

/** Of users, and of sessions that are called after people; what was refused may be anybody's guess. */
function ofUserKey(record: CloudTrailRecord): string | undefined {
  const { userIdentity, eventName } = record
  const isUser = userIdentity?.type === 'IAMUser' || userIdentity?.type === 'Root'
  if (!isUser && !isOfPerson(record)) return undefined
  if (eventName === 'ConsoleLogin' || !isDone(record) || isByService(record)) return undefined
  if (remoteAddress(record) === undefined) return undefined
  return isUser ? (userIdentity.accessKeyId ?? personOf(record)) : userIdentity?.arn
}

/** Who signs in by an identity provider has a session of their own name. Source: IAM Identity Center User Guide, session names. */
function isOfPerson(record: CloudTrailRecord): boolean {
  const role = record.userIdentity?.sessionContext?.sessionIssuer?.userName
  return role !== undefined && (role.startsWith('AWSReservedSSO_') || (sessionOf(record) ?? '').includes('@'))
}

function personOf(record: CloudTrailRecord): string {
  return `${accountOf(record)} ${principalOf(record)}`
}

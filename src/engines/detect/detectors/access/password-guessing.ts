import { detector } from '../../detector.ts'
import { accountOf, apiCallSignal, remoteAddress } from '../../findings/api-call.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { burstDetector, noItems } from '../burst-detector.ts'
import { undo } from '../remedies.ts'
import { loginEntity, loginOf } from './console-logins.ts'

const guessing = 'CredentialAccess:IAMUser/PasswordGuessing'
const guessed = 'InitialAccess:IAMUser/PasswordGuessed'

/** Who forgot a password tries a few times, and then asks for a new one. */
const failuresMany = 6
/** A failure counts half after this time. */
const halfLifeMs = 15 * 60_000

const lockOut = undo(
  'Take the password away, and give the user a new one.',
  'aws iam delete-login-profile --user-name {iamUser}',
)

/** Passwords of a user are tried, and one of them fits. Source: CloudTrail User Guide, "AWS Management Console sign-in events". */
export const passwordGuessing = detector({
  name: 'password-guessing',
  source: 'cloudTrail',
  events: ['signin:ConsoleLogin'],
  finds: {
    [guessing]: {
      severity: 5,
      title: 'Passwords of {userName} are guessed.',
      description: 'Signing in as {userName} failed again and again, the last time from {remoteIp}.',
      remediation: lockOut,
    },
    [guessed]: {
      severity: 8,
      title: 'The password of {userName} was guessed.',
      description: 'After many failures somebody signed in as {userName}, from {remoteIp}.',
      remediation: lockOut,
    },
  },
  remembers: { entityOf: loginEntity, fresh: noCount },
  see(record, { atMs, memory }) {
    const login = loginOf(record)
    if (login === undefined) return undefined
    const failures = addTo(memory, atMs, halfLifeMs, login === 'Failure' ? 1 : 0)
    if (Math.round(failures) < failuresMany) return undefined
    if (login === 'Failure') return apiCallSignal(record, { type: guessing })
    memory.amount = 0 // Told once.
    return apiCallSignal(record, { type: guessed })
  },
})

/** One address fails as so many users: it has a list of names. */
const usersMany = 5

/** One password is tried with many users. Source: MITRE ATT&CK, T1110.003. */
export const passwordSpraying = burstDetector({
  name: 'password-spraying',
  events: ['signin:ConsoleLogin'],
  type: 'CredentialAccess:IAMUser/PasswordSpraying',
  facts: {
    severity: 6,
    title: 'Passwords are tried with many users from {remoteIp}.',
    description: 'Signing in from {remoteIp} failed as {count} and more different users within half an hour.',
    remediation: undo(
      'Ask for strong passwords and MFA; see which sign-ins succeeded.',
      'aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ConsoleLogin --region {region}',
    ),
  },
  ...{ many: usersMany, windowMs: 30 * 60_000 },
  entityOf: (record) => `${accountOf(record)} ${remoteAddress(record) ?? ''}`,
  itemsOf(record) {
    if (loginOf(record) !== 'Failure' || remoteAddress(record) === undefined) return noItems
    return [loginEntity(record)]
  },
  saidOf: (record) => ({ about: remoteAddress(record) }),
})

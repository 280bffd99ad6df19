import { eventNameOf } from '../../events.ts'
import { burstDetector, noItems } from '../burst-detector.ts'
import { isByService, isFromConsole } from '../call-detector.ts'
import { undo } from '../remedies.ts'

/** What tells how much one may send, as whom, and whether at all. Source: SES API Reference. */
const questions = [
  ...['GetAccount', 'GetAccountSendingEnabled', 'GetSendQuota', 'GetSendStatistics'],
  ...[
    'ListIdentities',
    'ListEmailIdentities',
    'GetIdentityVerificationAttributes',
    'ListVerifiedEmailAddresses',
  ],
]
/** A program that sends asks for its quota; whoever asks three of these looks for something to misuse. */
const questionsMany = 3

/** Keys that were found are tried for sending spam. The console asks all of it for itself. */
export const mailEnumeration = burstDetector({
  name: 'mail-enumeration',
  events: questions.map((name) => `ses:${name}`),
  type: 'Discovery:SES/SendingCapabilitiesEnumerated',
  facts: {
    severity: 4,
    title: '{userName} looks for ways of sending mail.',
    description:
      '{userName} asked for {count} and more of quotas, identities and the state of sending, outside the console.',
    remediation: undo(
      'If nobody should send from this account, switch sending off.',
      'aws ses update-account-sending-enabled --no-enabled --region {region}',
    ),
  },
  ...{ many: questionsMany, windowMs: 600_000 },
  itemsOf: (record) => (isFromConsole(record) || isByService(record) ? noItems : [eventNameOf(record)]),
})

import type { Attack } from '../attack.ts'

const from = '127.0.0.25'

/** Switches off what would tell of the rest. */
export const loggingOff: Attack = {
  title: "an operator's stolen key switches logging off",
  from,
  async strike({ cloudAs, built }) {
    await cloudAs(built.operator, from).cloudTrail.stopLogging({ Name: built.trail })
    return 'StopLogging was allowed'
  },
  finding: /^Stealth:IAMUser\/CloudTrailLoggingDisabled$/,
  remedy: 'StartLogging',
  async isStopped({ cloudAs, built }) {
    return cloudAs(built.operator, from)
      .cloudTrail.stopLogging({ Name: built.trail })
      .then(
        () => false,
        ({ name }: Error) => name === 'InvalidClientTokenId' || name === 'UnrecognizedClientException',
      )
  },
  log: { in: 'trail', text: 'StopLogging' },
}

const hour = 3600

/**
 * How long sessions live, one row for each way to get one.
 * Units: seconds. Source: IAM User Guide, "Compare AWS STS credentials"; STS API Reference.
 */
export const durations = {
  assumeRole: { default: hour },
  /** Roles assumed with the credentials of a session, whatever the role's own maximum. */
  chained: { max: hour },
  getSessionToken: { default: 12 * hour },
  getFederationToken: { default: 12 * hour },
  /** Sessions of a root user: longer ones are cut to it. */
  root: { max: hour },
} as const

/** Units: characters. Limit of `core/session-token.ts`, with which SessionTokenUtilization compares. */
export const tokenLengthMax = 16_384

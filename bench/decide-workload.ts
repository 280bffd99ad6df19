/**
 * The decision workload: 100 policies, 20 principals, wildcards in action and resource, two conditions a policy; a
 * tenth of the policies deny. Each engine gets the same policies in its own language, and the same questions.
 */

export const principals = 20
export const policies = 100
const requests = 2000

/** One policy, in no engine's language. */
export interface Rule {
  readonly id: string
  readonly effect: 'Allow' | 'Deny'
  readonly principal: string
  readonly bucket: string
  readonly team: string
}

/** One question, and what the rules themselves answer to it, worked out without any engine. */
export interface Question {
  readonly principal: string
  readonly action: string
  readonly bucket: string
  readonly key: string
  readonly team: string
  readonly mfa: boolean
  /** When only the caller's own five policies apply. */
  readonly wantFive: boolean
  /** When all hundred apply to every caller. */
  readonly wantHundred: boolean
  /** When all hundred apply and none names a bucket, so that no index can tell them apart. */
  readonly wantAlike: boolean
}

const getActions = ['GetObject', 'GetObjectAcl', 'GetObjectTagging']
const otherActions = ['PutObject', 'DeleteObject']
export const actions = [...getActions, ...otherActions]

export const rules: readonly Rule[] = Array.from({ length: policies }, (_, index) => ({
  id: `policy${index}`,
  effect: index % 10 === 9 ? 'Deny' : 'Allow',
  principal: `user${index % principals}`,
  bucket: `bucket${index % 25}`,
  team: `team${index % 4}`,
}))

/** The same policies about every bucket: each reaches its conditions. */
export const alike: readonly Rule[] = rules.map((rule, index) => ({
  ...rule,
  bucket: '*',
  team: `team${index % 50}`,
}))

/** Half of the questions are about what one of the caller's own policies speaks of, half about anything. */
export const questions: readonly Question[] = Array.from({ length: requests }, (_, index) => {
  const caller = (index * 7) % principals
  const own = rules[caller + principals * (index % 5)]
  const close = index % 2 === 0
  const question = {
    principal: `user${caller}`,
    // Four questions of five are about actions that every policy speaks of: no index gets rid of those.
    action: (index % 10 < 8 ? getActions : otherActions)[index % 2] ?? 'GetObject',
    bucket: close && own !== undefined ? own.bucket : `bucket${(index * 11) % 27}`,
    key: index % 6 === 0 ? 'private/plan.txt' : `shared/report-${index}.txt`,
    team: close && own !== undefined ? own.team : `team${(index >> 2) % 5}`,
    mfa: index % 8 !== 2,
  }
  return {
    ...question,
    wantFive: allowed(
      rules.filter(({ principal }) => principal === question.principal),
      question,
    ),
    wantHundred: allowed(rules, question),
    wantAlike: allowed(alike, question),
  }
})

function allowed(
  applicable: readonly Rule[],
  { action, bucket, key, team, mfa }: Omit<Question, `want${string}`>,
): boolean {
  const matching = applicable.filter(
    (rule) =>
      action.startsWith('Get') &&
      (rule.bucket === '*' || rule.bucket === bucket) &&
      key.startsWith('shared/') &&
      rule.team === team &&
      mfa,
  )
  return (
    matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny')
  )
}

export function asIam({ effect, bucket, team }: Rule): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: effect,
      Action: 's3:Get*',
      Resource: `arn:aws:s3:::${bucket}/shared/*`,
      Condition: {
        StringEquals: { 'aws:PrincipalTag/team': team },
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      },
    },
  })
}

/** Cedar has no wildcards in actions: `Get*` is a group. `scoped`: the policy names its principal. */
export function asCedar({ effect, principal, bucket, team }: Rule, scoped: boolean): string {
  return `${effect === 'Allow' ? 'permit' : 'forbid'} (
    principal${scoped ? ` == User::"${principal}"` : ''}, action in Action::"Get", resource
  ) when { context.arn like "arn:aws:s3:::${bucket}/shared/*" && context.team == "${team}" && context.mfa == true };`
}

/** The group that Cedar's policies name. */
export const cedarEntities = actions.map((name) => ({
  uid: { type: 'Action', id: name },
  attrs: {},
  parents: getActions.includes(name) ? [{ type: 'Action', id: 'Get' }] : [],
}))

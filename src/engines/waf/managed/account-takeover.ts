import { predicate } from '../statements/index.ts'
import { accountPage, digest } from './account-requests.ts'
import { type AccountSettings, takeoverSettings } from './account-settings.ts'
import type { GroupRow, RuleRow } from './group.ts'
import type { ManagedSources } from './sources.ts'

const name = 'AWSManagedRulesATPRuleSet'

/** Nothing here can make these match: answers are not inspected, and there are no Cognito user pools. */
export const never = predicate(() => false)

/**
 * Account takeover prevention: credentials that are tried in numbers at one login page. The limits are our own, near those that AWS
 * documents for addresses. Source: AWS WAF Developer Guide, "ATP rule group".
 */
export function accountTakeover(sources: ManagedSources): GroupRow {
  return {
    vendor: 'AWS',
    name,
    labels: 'atp',
    capacity: 50,
    description: 'Credentials that are tried in numbers at a login page; answers are not inspected.',
    // As it is listed: without a page that it guards.
    rules: rows(sources, unset),
    needsSettings: true,
    configured: (configs) => rows(sources, takeoverSettings(configs, name)),
  }
}

export const unset: AccountSettings = {
  path: '',
  pagePath: undefined,
  payload: 'JSON',
  username: '',
  password: '',
  phones: [],
  addresses: [],
}

function rows({ isCompromised }: ManagedSources, settings: AccountSettings): readonly RuleRow[] {
  const page = accountPage(settings)
  return [
    { name: 'UnsupportedCognitoIDP', label: 'unsupported:cognito_idp', statement: never },
    {
      name: 'VolumetricIpHigh',
      label: 'aggregate:volumetric:ip:high',
      statement: page.more({
        key: ({ inspection }) => inspection.request.clientAddress,
        limit: 20,
        windowSec: 600,
      }),
    },
    {
      name: 'VolumetricSession',
      label: 'aggregate:volumetric:session',
      statement: page.more({ key: ({ session }) => session, limit: 30, windowSec: 1800 }),
    },
    {
      name: 'AttributeCompromisedCredentials',
      label: 'aggregate:attribute:compromised_credentials',
      statement: page.where(
        ({ username, password }) =>
          username !== undefined && password !== undefined && isCompromised(username, password),
      ),
    },
    {
      name: 'AttributeUsernameTraversal',
      label: 'aggregate:attribute:username_traversal',
      statement: page.more({
        key: ({ session }) => session,
        distinct: ({ username }) => username,
        limit: 10,
        windowSec: 1800,
      }),
    },
    {
      name: 'AttributePasswordTraversal',
      label: 'aggregate:attribute:password_traversal',
      statement: page.more({
        key: ({ username }) => (username === undefined ? undefined : digest(username)),
        distinct: ({ username, password }) =>
          username === undefined || password === undefined ? undefined : `${username}\0${password}`,
        limit: 10,
        windowSec: 1800,
      }),
    },
    { name: 'AttributeLongSession', label: 'aggregate:attribute:long_session', statement: never },
    {
      name: 'TokenRejected',
      label: 'token:rejected',
      statement: page.where(
        ({ inspection }) => inspection.request.token?.('CHALLENGE', 300) === 'TOKEN_INVALID',
      ),
    },
    {
      name: 'SignalMissingCredential',
      label: 'signal:missing_credential',
      statement: page.where(({ username, password }) => username === undefined || password === undefined),
    },
    {
      name: 'VolumetricIpFailedLoginResponseHigh',
      label: 'aggregate:volumetric:ip:failed_login_response:high',
      statement: never,
    },
    {
      name: 'VolumetricSessionFailedLoginResponseHigh',
      label: 'aggregate:volumetric:session:failed_login_response:high',
      statement: never,
    },
  ]
}

import { predicate } from '../statements/index.ts'
import { accountPage, digest, isForPage } from './account-requests.ts'
import { type AccountSettings, creationSettings } from './account-settings.ts'
import { never, unset } from './account-takeover.ts'
import type { GroupRow, RuleRow } from './group.ts'
import type { ManagedSources } from './sources.ts'

const name = 'AWSManagedRulesACFPRuleSet'

/**
 * Account creation fraud prevention: accounts that are made in numbers at one page, by clients that show no browser. The limits are our
 * own. Source: AWS WAF Developer Guide, "ACFP rule group".
 */
export function accountCreation(sources: ManagedSources): GroupRow {
  return {
    vendor: 'AWS',
    name,
    labels: 'acfp',
    capacity: 50,
    description: 'Accounts that are made in numbers at a registration page; answers are not inspected.',
    // As it is listed: without a page that it guards.
    rules: rows(sources, unset),
    needsSettings: true,
    configured: (configs) => rows(sources, creationSettings(configs, name)),
  }
}

function rows({ isCompromised }: ManagedSources, settings: AccountSettings): readonly RuleRow[] {
  const page = accountPage(settings)
  const joined = (values: readonly (string | undefined)[]): string | undefined => {
    const given = values.filter((value) => value !== undefined)
    return given.length === 0 ? undefined : digest(given.join('\0').toLowerCase())
  }
  return [
    { name: 'UnsupportedCognitoIDP', label: 'unsupported:cognito_idp', statement: never },
    {
      name: 'AllRequests',
      label: 'all_requests',
      challenges: true,
      statement: predicate(
        ({ request }) =>
          (request.method === 'GET' && isForPage(request, settings.pagePath)) ||
          (request.method === 'POST' && isForPage(request, settings.path)),
      ),
    },
    { name: 'RiskScoreHigh', label: 'risk_score:high', statement: never },
    {
      name: 'SignalCredentialCompromised',
      label: 'signal:credential_compromised',
      statement: page.where(
        ({ username, password }) =>
          username !== undefined && password !== undefined && isCompromised(username, password),
      ),
    },
    {
      name: 'VolumetricIpHigh',
      label: 'aggregate:volumetric:ip:creation:high',
      statement: page.more({
        key: ({ inspection }) => inspection.request.clientAddress,
        limit: 20,
        windowSec: 600,
      }),
    },
    {
      name: 'VolumetricSessionHigh',
      label: 'aggregate:volumetric:session:creation:high',
      statement: page.more({ key: ({ session }) => session, limit: 10, windowSec: 1800 }),
    },
    {
      name: 'AttributeUsernameTraversalHigh',
      label: 'aggregate:attribute:username_traversal:creation:high',
      statement: page.more({
        key: ({ session }) => session,
        distinct: ({ username }) => username,
        limit: 10,
        windowSec: 1800,
      }),
    },
    {
      name: 'VolumetricPhoneNumberHigh',
      label: 'aggregate:volumetric:phone_number:high',
      statement: page.more({
        key: ({ field }) => joined(settings.phones.map(field)),
        limit: 10,
        windowSec: 1800,
      }),
    },
    {
      name: 'VolumetricAddressHigh',
      label: 'aggregate:volumetric:address:high',
      statement: page.more({
        key: ({ field }) => joined(settings.addresses.map(field)),
        limit: 10,
        windowSec: 1800,
      }),
    },
  ]
}

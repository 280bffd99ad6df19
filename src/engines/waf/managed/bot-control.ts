import type { Inspection } from '../inspection.ts'
import { boolean, members, oneOf, optional } from '../read.ts'
import { invalid } from '../refusal.ts'
import { EngineStatement, predicate } from '../statements/index.ts'
import { listed } from './address-lists.ts'
import { organizationOf } from './bot-organizations.ts'
import type { GroupRow, RuleRow } from './group.ts'
import type { ManagedSources } from './sources.ts'
import { tool, type ToolKind, type Tool } from './user-agents.ts'

/** Each category's rule. */
const categories = {
  CategoryAdvertising: 'advertising',
  CategoryArchiver: 'archiver',
  CategoryContentFetcher: 'content_fetcher',
  CategoryEmailClient: 'email_client',
  CategoryHttpLibrary: 'http_library',
  CategoryLinkChecker: 'link_checker',
  CategoryMiscellaneous: 'miscellaneous',
  CategoryMonitoring: 'monitoring',
  CategoryScrapingFramework: 'scraping_framework',
  CategorySearchEngine: 'search_engine',
  CategorySecurity: 'security',
  CategorySeo: 'seo',
  CategorySocialMedia: 'social_media',
  CategoryAI: 'ai',
} as const satisfies Record<string, ToolKind>

function toolOf(inspection: Inspection): Tool | undefined {
  const [userAgent] = inspection.header('user-agent')
  return userAgent === undefined ? undefined : tool(userAgent)
}

/**
 * A bot of a category. One that the host has verified gets its labels, and is not matched; but AI's bots are.
 * Source: AWS WAF Developer Guide, "Bot Control rule group".
 */
function categoryRule(name: string, kind: ToolKind, { isVerifiedBot }: ManagedSources): RuleRow {
  const statement = new EngineStatement(({ labelNamespace }) => (inspection) => {
    const found = toolOf(inspection)
    if (found?.kind !== kind) return false
    const address = inspection.clientAddress
    const botName = found.name.replaceAll(/[^a-z0-9_]/g, '_')
    const verified = address !== undefined && isVerifiedBot(botName, address)
    const bot = `${labelNamespace}bot:`
    inspection.newLabels.push(
      `${bot}category:${kind}`,
      `${bot}name:${botName}`,
      verified ? `${bot}verified` : `${bot}unverified`,
    )
    const organization = organizationOf(found.name)
    if (organization !== undefined) inspection.newLabels.push(`${bot}organization:${organization}`)
    return !verified || kind === 'ai'
  })
  return { name, label: `bot:category:${kind}`, statement }
}

/** A browser that a program drives says so; these words are in its user agent. */
const automated =
  /\b(?:headlesschrome|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|electron\/.{0,200}headless)\b/i
/** Every browser since 1994 begins so. */
const browser = /^(?:Mozilla|Opera|Dalvik)\//

export function botControl(sources: ManagedSources): GroupRow {
  const agent = (holds: (userAgent: string) => boolean): EngineStatement =>
    predicate((inspection) => inspection.header('user-agent').some(holds))
  const row: GroupRow = {
    vendor: 'AWS',
    name: 'AWSManagedRulesBotControlRuleSet',
    labels: 'bot-control',
    capacity: 50,
    description: 'Programs that say what they are, by category (the common inspection level).',
    rules: [
      ...Object.entries(categories).map(([name, kind]) => categoryRule(name, kind, sources)),
      {
        name: 'SignalAutomatedBrowser',
        label: 'signal:automated_browser',
        statement: agent((userAgent) => automated.test(userAgent)),
      },
      {
        name: 'SignalKnownBotDataCenter',
        label: 'signal:known_bot_data_center',
        statement: listed('KnownBotDataCenters', sources),
      },
      {
        name: 'SignalNonBrowserUserAgent',
        label: 'signal:non_browser_user_agent',
        statement: agent((userAgent) => !browser.test(userAgent)),
      },
    ],
  }
  return { ...row, configured: (configs) => (requireCommon(configs), row.rules) }
}

/** Source: AWS WAFV2 API, AWSManagedRulesBotControlRuleSet. Faults: a refusal for the targeted level, which is not done here. */
function requireCommon(configs: readonly unknown[]): void {
  for (const config of configs) {
    const { AWSManagedRulesBotControlRuleSet: settings } = members({
      AWSManagedRulesBotControlRuleSet: members({
        InspectionLevel: oneOf(['COMMON', 'TARGETED']),
        EnableMachineLearning: optional(boolean),
      }),
    })(config, 'MANAGED_RULE_GROUP_CONFIG', 'ManagedRuleGroupConfigs')
    if (settings.InspectionLevel === 'TARGETED')
      throw invalid('MANAGED_RULE_GROUP_CONFIG', 'InspectionLevel', 'TARGETED is not supported; COMMON is')
  }
}

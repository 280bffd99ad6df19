// What the tests of managed rule groups share: the groups, and requests as browsers send them.
import assert from 'node:assert/strict'
import type { WebRequest, World } from '../request.ts'
import { get, rule, verdictOf, worldOf } from '../rig.test.ts'
import type { Part } from '../texts/index.ts'
import { managedRuleGroup, type ManagedRuleGroup, managedRuleGroups } from './index.ts'

/** Those that guard an account's pages have tests of their own: they need settings. */
export const groups = managedRuleGroups().filter(({ needsSettings }) => !needsSettings)

export function worldWith(all: readonly ManagedRuleGroup[]): World {
  return {
    ...worldOf(),
    managedRuleGroup: (vendor, name, version) => managedRuleGroup(all, vendor, name, version),
  }
}

export function groupNamed(name: string, all: readonly ManagedRuleGroup[] = groups): ManagedRuleGroup {
  const group = all.find(({ Name }) => Name === name)
  assert.ok(group, name)
  return group
}

export const statementOf = (group: ManagedRuleGroup, more: object = {}): object => ({
  ManagedRuleGroupStatement: { VendorName: group.VendorName, Name: group.Name, ...more },
})

/** The rules of the group that match, each counting so that all are asked; and the labels. */
export function matchedRules(
  group: ManagedRuleGroup,
  request: WebRequest,
): { readonly rules: readonly string[]; readonly labels: readonly string[] } {
  const RuleActionOverrides = group.Rules.map(({ Name }) => ({ Name, ActionToUse: { Count: {} } }))
  const { nonTerminating, labels } = verdictOf(
    [rule('group', 0, statementOf(group, { RuleActionOverrides }), { OverrideAction: { None: {} } })],
    request,
    worldWith([group]),
  )
  return { rules: nonTerminating.map(({ withinGroup }) => withinGroup?.rule ?? ''), labels }
}

export const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0'

export function browse(target: string, ...headers: readonly (readonly [string, string])[]): WebRequest {
  return get(target, { headers: [['Host', 'shop.example'], ['User-Agent', browser], ...headers] })
}

export function posted(text: string): WebRequest {
  return {
    ...browse('/items', ['Content-Type', 'application/x-www-form-urlencoded']),
    method: 'POST',
    body: Buffer.from(`note=${encodeURIComponent(text)}&lang=en`),
  }
}

/** A request with a text in one of its parts, encoded as a client encodes it there. */
export const carrying: { readonly [Name in Part | 'QUERYSTRING']: (text: string) => WebRequest } = {
  URIPATH: (text) => browse(`/${encodeURIComponent(text)}`),
  QUERYARGUMENTS: (text) => browse(`/items?lang=en&note=${encodeURIComponent(text)}`),
  QUERYSTRING: (text) => browse(`/items?lang=en&note=${encodeURIComponent(text)}`),
  HEADER: (text) => browse('/items', ['X-Note', text]),
  COOKIE: (text) => browse('/items', ['Cookie', `lang=en; note=${encodeURIComponent(text)}`]),
  BODY: posted,
}

export const core = 'AWSManagedRulesCommonRuleSet'
export const inputs = 'AWSManagedRulesKnownBadInputsRuleSet'
export const bots = 'AWSManagedRulesBotControlRuleSet'

/** Rules about lists that the host gives: asked in a test of their own. */
export const listed = [
  'AWSManagedIPReputationList',
  'AWSManagedReconnaissanceList',
  'AWSManagedIPDDoSList',
  'AnonymousIPList',
  'HostingProviderIPList',
  'SignalKnownBotDataCenter',
]

export const agent = (value: string): WebRequest =>
  get('/', {
    headers: [
      ['Host', 'shop.example'],
      ['User-Agent', value],
    ],
  })

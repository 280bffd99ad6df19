import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import type { WebRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import { blockClient } from './remedies.ts'

type Kind = 'SQLInjection' | 'CrossSiteScripting' | 'CommandInjection' | 'FileInclusion' | 'RequestForgery'

/**
 * Words in the labels of AWS's managed rules, and in the names that people give to rules of their own.
 * Source: WAF Developer Guide, "AWS Managed Rules rule groups list", labels of the core, SQL database, known bad inputs and system groups.
 */
const words: Readonly<Record<Kind, readonly string[]>> = {
  SQLInjection: ['sqli', 'sql-injection', 'sql_injection', 'sqlinjection'],
  CrossSiteScripting: ['xss', 'crosssitescripting', 'cross-site-scripting'],
  CommandInjection: [
    ...['log4j', 'javadeserialization', 'reactjsrce', 'unixshellcommands', 'windowsshellcommands'],
    ...['powershellcommands', 'phphighriskmethods', 'command-injection', 'commandinjection', 'remote-code'],
  ],
  FileInclusion: [
    'lfi',
    'rfi',
    'exploitablepaths',
    'path-traversal',
    'pathtraversal',
    'restrictedextensions',
  ],
  RequestForgery: ['ec2metadatassrf', 'ssrf'],
}
const kinds = Object.keys(words) as readonly Kind[] // Its type says so.

const halfLifeMs = 60_000
/** One may be a customer whose name the rule mistakes; three within a minute are somebody who tries. */
const attemptsMin = 2.5
/** The web ACL only counted it, and the target took it. */
const severityWhenThrough = 8

function finds(what: string): FindingFacts {
  return {
    severity: 5,
    title: `{remoteIp} is trying ${what} at {loadBalancer}.`,
    description: `{remoteIp} sent {loadBalancer} several requests within a minute that the web ACL takes for ${what}, the last one to {path}.`,
    remediation: blockClient,
  }
}

const typeOf = (kind: Kind): string => `InitialAccess:LoadBalancer/${kind}`

/**
 * A client sends again and again what the web ACL takes for an injection, whether it blocked that or only labelled it.
 * Source: own types, docs/services/guardduty.md.
 */
export const injection = detector({
  name: 'web-injection',
  source: 'web',
  finds: {
    [typeOf('SQLInjection')]: finds('SQL injection'),
    [typeOf('CrossSiteScripting')]: finds('cross-site scripting'),
    [typeOf('CommandInjection')]: finds('injection of commands or code'),
    [typeOf('FileInclusion')]: finds('reading or including files'),
    [typeOf('RequestForgery')]: finds('forging requests of the server'),
  },
  remembers: {
    entityOf(record) {
      const kind = kindOf(record)
      return kind && `${record.resourceArn} ${record.clientIp} ${kind}`
    },
    fresh: noCount,
  },
  see(record, { memory, atMs }) {
    const kind = kindOf(record)
    if (kind === undefined || addTo(memory, atMs, halfLifeMs) < attemptsMin) return undefined
    const through = record.action !== 'BLOCK' && record.status !== undefined && record.status < 400
    memory.amount = 0
    return webSignal(record, {
      type: typeOf(kind),
      ...(through && { severity: severityWhenThrough }),
      additionalInfo: { labels: record.labels, blocked: record.action === 'BLOCK' },
    })
  },
})

/** By its labels, else by the rule that stopped it. */
function kindOf({ labels, action, terminatingRuleId = '' }: WebRecord): Kind | undefined {
  if (labels.length === 0 && action !== 'BLOCK') return undefined
  const said = `${labels.join(' ')} ${action === 'BLOCK' ? terminatingRuleId : ''}`.toLowerCase()
  return kinds.find((kind) => words[kind].some((word) => said.includes(word)))
}

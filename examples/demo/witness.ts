import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import type { Attack, Reach } from './attack.ts'
import type { Cloud } from './cloud.ts'

/** What became of an attack. Units: milliseconds after its first push. */
export interface Outcome {
  readonly attack: Attack
  readonly said: string
  readonly finding: string
  readonly detectedMs: number
  readonly suggested: readonly string[]
  readonly answeredMs: number
  readonly stoppedMs: number
}

/** How long each part may take before the demo gives up, and after which the attacker pushes again. */
const msMax = 15_000
const strikeAgainMs = 3_000
const askEveryMs = 20

/**
 * Lets an attack happen and waits for what it must lead to: its finding, the function's call in the audit trail, and that the attacker can do
 * no more. Faults: an Error that says what did not come.
 */
export async function witness(attack: Attack, reach: Reach, cloud: Cloud): Promise<Outcome> {
  const known = new Set(await findingIds(cloud, reach.built.detectorId))
  const begunAt = new Date()
  const begun = performance.now()
  const sinceMs = (): number => Math.round(performance.now() - begun)
  const strikes = striking(attack, reach)
  try {
    const finding = await until(`a finding ${attack.finding}`, () => newFinding(cloud, reach, attack, known))
    const detectedMs = sinceMs()
    await until(`a call ${attack.remedy} of the function`, () => answeredIn(cloud, attack, begunAt))
    const answeredMs = sinceMs()
    await until('the attacker being stopped', async () => (await attack.isStopped(reach)) || undefined)
    return {
      ...{ attack, detectedMs, answeredMs, stoppedMs: sinceMs() },
      ...{ said: strikes.said(), finding: finding.type, suggested: finding.suggested },
    }
  } finally {
    await strikes.stop()
  }
}

/** Pushes once, and again for as long as nothing stops it. */
function striking(attack: Attack, reach: Reach) {
  let said = ''
  const over = new AbortController()
  const struck = (async () => {
    while (!over.signal.aborted) {
      const answer = await attack.strike(reach).catch(({ name }: Error) => name)
      said ||= answer
      await sleep(strikeAgainMs, undefined, { signal: over.signal }).catch(() => undefined)
    }
  })()
  return {
    said: () => said,
    stop: () => {
      over.abort()
      return struck
    },
  }
}

async function until<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const giveUpAt = performance.now() + msMax
  for (;;) {
    const value = await ask()
    if (value !== undefined) return value
    if (performance.now() > giveUpAt) throw new Error(`${what} did not come within ${msMax / 1000} s`)
    await sleep(askEveryMs)
  }
}

async function findingIds(cloud: Cloud, DetectorId: string): Promise<readonly string[]> {
  const { FindingIds = [] } = await cloud.guardDuty.listFindings({ DetectorId, MaxResults: 50 })
  return FindingIds
}

/** Every finding there is, a line each, for whoever looks for what went wrong. */
export async function allFindings(cloud: Cloud, DetectorId: string): Promise<string> {
  const FindingIds = [...(await findingIds(cloud, DetectorId))]
  if (FindingIds.length === 0) return '  none'
  const { Findings = [] } = await cloud.guardDuty.getFindings({ DetectorId, FindingIds })
  return Findings.map(({ Type, Title, Service }) => `  ${Type} (${Service?.Count}): ${Title}`).join('\n')
}

async function newFinding(cloud: Cloud, { built }: Reach, attack: Attack, known: ReadonlySet<string>) {
  const FindingIds = (await findingIds(cloud, built.detectorId)).filter((id) => !known.has(id))
  if (FindingIds.length === 0) return undefined
  const { Findings = [] } = await cloud.guardDuty.getFindings({ DetectorId: built.detectorId, FindingIds })
  const found = Findings.find(({ Type = '' }) => attack.finding.test(Type))
  if (!found) return undefined
  const info = JSON.parse(found.Service?.AdditionalInfo?.Value ?? '{}') as {
    readonly remediation?: readonly { readonly command?: string }[]
  }
  return {
    type: found.Type ?? '',
    suggested: (info.remediation ?? []).flatMap(({ command }) => (command === undefined ? [] : [command])),
  }
}

/** Whether the trail tells of the function's call since then: by its role, and not refused. */
async function answeredIn(cloud: Cloud, { remedy }: Attack, since: Date): Promise<true | undefined> {
  const { Events = [] } = await cloud.cloudTrail.lookupEvents({
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: remedy }],
    StartTime: new Date(Math.floor(since.getTime() / 1000) * 1000),
  })
  const isOurs = ({ CloudTrailEvent = '{}' }): boolean => {
    const { errorCode, userIdentity } = JSON.parse(CloudTrailEvent) as {
      readonly errorCode?: string
      readonly userIdentity?: { readonly sessionContext?: { readonly sessionIssuer?: { userName?: string } } }
    }
    return errorCode === undefined && userIdentity?.sessionContext?.sessionIssuer?.userName === 'respond'
  }
  return Events.some(isOurs) || undefined
}

/** Waits until a log has the attack. Logs in buckets are files below the data directory, some seconds after. */
export async function logged({ log, from }: Attack, cloud: Cloud, directory: string): Promise<void> {
  const inFiles = (bucket: string): string =>
    globSync(join(directory, 'buckets', bucket, '**/*.gz'))
      .map((file) => gunzipSync(readFileSync(file)).toString('utf8'))
      .join('')
  const texts: Record<typeof log.in, () => Promise<string> | string> = {
    'access log': () => inFiles('shop-logs'),
    'WAF log': () => inFiles('aws-waf-logs-shop'),
    trail: () => trailOf(cloud, from),
  }
  await until(
    `${log.text} in the ${log.in}`,
    async () => (await texts[log.in]()).includes(log.text) || undefined,
  )
}

/** What the trail tells of an address, newest first. */
async function trailOf(cloud: Cloud, address: string): Promise<string> {
  const found: string[] = []
  for await (const { Events = [] } of paginateLookupEvents({ client: cloud.cloudTrail }, {}))
    found.push(...Events.map(({ CloudTrailEvent = '' }) => CloudTrailEvent))
  return found.filter((text) => text.includes(`"${address}"`)).join('')
}

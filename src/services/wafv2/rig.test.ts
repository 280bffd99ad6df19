// Goal: WAFv2's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: clients whose requests go to a pipeline in the same process, over a store in memory, with IAM's own users beside.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { IAM } from '@aws-sdk/client-iam'
import {
  type ByteMatchStatement,
  type IPSetSummary,
  type Rule,
  type Statement,
  WAFV2,
} from '@aws-sdk/client-wafv2'
import type { AccountId, Arn } from '#core/arn.ts'
import type { BotPathQuery, SampleQuery } from '#core/edge-view.ts'
import type { EdgePart } from '#core/front-door.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Service } from '#core/service.ts'
import { createLogStore } from '#telemetry/index.ts'
import { found, newUser } from '../../../test/founded.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { identities } from '../iam/identities.ts'
import { principalNames } from '../iam/principal-names.ts'
import { iamService } from '../iam/service.ts'
import { logGroups } from '../logs/group-view.ts'
import { createLogsService } from '../logs/service.ts'
import { guardParts } from './guarded.ts'
import { createWafv2Service } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

// Twelve digits each.
export const here = '111122223333' as AccountId
export const there = '444455556666' as AccountId
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const region = 'us-east-1'
/** An id that nothing has. */
export const noId = '00000000-0000-4000-8000-000000000000'

/** A policy statement, as users write it. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** Two accounts, each with an administrator. */
export interface Rig {
  /** The administrator of `here`, in `region`. */
  readonly admin: WAFV2
  /** The administrator of an account, in a region. */
  readonly administrator: (account: AccountId, region?: string) => WAFV2
  /** A user of `here` with an inline policy. */
  readonly user: (userName: string, ...statements: readonly PolicyStatement[]) => Promise<WAFV2>
  /** CloudWatch Logs, as the administrator of `here`; only in a rig that was given a test's context. */
  readonly logs: CloudWatchLogs
  readonly callAsService: CallAsService
  readonly world: Ground['world']
  readonly store: Ground['store']
  readonly clock: Ground['clock']
  /** What the edge was asked for samples. */
  readonly asked: readonly SampleQuery[]
  /** What it was asked of bots. */
  readonly askedOfBots: readonly BotPathQuery[]
  /** What the edge is told of a web ACL. */
  readonly guards: (arn: string) => readonly EdgePart[]
}

export async function rig(t?: TestContext): Promise<Rig> {
  const ground = layGround(startMs)
  let callAsService: CallAsService = () => assert.fail('not yet')
  const { clock, store, world } = ground
  const asked: SampleQuery[] = []
  const askedOfBots: BotPathQuery[] = []
  const services = [
    iamService,
    ...(t ? [logsService(t, ground, (call) => callAsService(call))] : []),
    createWafv2Service({
      principals: principalNames,
      logGroups,
      loadBalancerExists: (_reader, arn) => arn.includes(':loadbalancer/app/there/'),
      edge: {
        samples(query) {
          asked.push(query)
          return Promise.resolve({ ...sampled, fromMs: query.fromMs, toMs: query.toMs })
        },
        botPaths(query) {
          askedOfBots.push(query)
          return Promise.resolve(botPaths)
        },
        rateLimited: () => Promise.resolve(['192.0.2.1', '2001:db8::1']),
      },
    }),
  ]
  const made = inProcess(ground, { services, identities })
  const { configuration } = made
  ;({ callAsService } = made)
  const [mine, theirs] = await found(ground, [here, there])
  const administrator = (account: AccountId): Credentials => (account === here ? mine : theirs)
  return {
    admin: new WAFV2(configuration(mine)),
    administrator: (account, where = region) => new WAFV2(configuration(administrator(account), where)),
    async user(UserName, ...Statement) {
      const credentials = await newUser(new IAM(configuration(mine)), UserName, Statement)
      return new WAFV2(configuration(credentials))
    },
    logs: new CloudWatchLogs(configuration(mine)),
    callAsService,
    world,
    store,
    clock,
    asked,
    askedOfBots,
    guards: (arn) => guardParts(store.read, 'aws', [arn as Arn]), // An ARN that a creation answered.
  }
}

function logsService(
  t: TestContext,
  { world, store: { read } }: Ground,
  callAsService: CallAsService,
): Service {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-waf-logs-'))
  const logs = createLogStore({ directory, worker: 0, world, log: ({ event }) => assert.fail(event) })
  t.after(async () => {
    await logs.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const loadBalancerExists = (): boolean => false
  return createLogsService({
    logs,
    principals: principalNames,
    world,
    callAsService,
    read,
    loadBalancerExists,
  })
}

/** What the edge answers, whatever it is asked. */
const sampled = {
  requests: [
    {
      timestampMs: startMs,
      clientIP: '192.0.2.1',
      country: 'CH',
      uri: '/a',
      method: 'GET',
      httpVersion: 'HTTP/1.1',
      headers: [['Host', 'h']],
      action: 'BLOCK',
      ruleNameWithinRuleGroup: 'SQLi_BODY',
      requestHeadersInserted: [],
      responseCodeSent: 403,
      labels: ['l'],
    },
  ],
  population: 10,
} as const

/** The same of bots. */
const botPaths = {
  total: 20,
  paths: [
    {
      path: '/a/',
      count: 10,
      bots: [
        ['gptbot', 8],
        ['curl', 2],
      ],
    },
    { path: '/b', count: 5, bots: [['curl', 5]] },
    { path: '/c', count: 1, bots: [['curl', 1]] },
  ],
  categories: [
    { category: 'ai', path: '/a/', count: 8, bots: [['gptbot', 8]] },
    { category: 'http_library', path: '/b', count: 5, bots: [['curl', 5]] },
  ],
} as const

/** What a creation answers, all of it there. */
export interface Made {
  readonly Name: string
  readonly Id: string
  readonly ARN: string
  readonly LockToken: string
}

/** The summary that a creation answers. */
export function made({ Summary }: { readonly Summary?: IPSetSummary | undefined }): Made {
  const { Name, Id, ARN, LockToken } = Summary ?? {}
  assert.ok(Name !== undefined && Id !== undefined && ARN !== undefined && LockToken !== undefined)
  return { Name, Id, ARN, LockToken }
}

/** How a refused value is told. */
export function invalid(field: string, parameter: string, reason: string): string {
  return `WAFInvalidParameterException: Error reason: ${reason}, field: ${field}, parameter: ${parameter}`
}

/** A visibility configuration under a metric's name. */
export const visibility = (MetricName: string) => ({
  MetricName,
  SampledRequestsEnabled: false,
  CloudWatchMetricsEnabled: false,
})

/** A rule that blocks. */
export const blockRule = (Name: string, statement: Statement, Priority = 0): Rule => ({
  Name,
  Priority,
  Statement: statement,
  Action: { Block: {} },
  VisibilityConfig: visibility(Name),
})

/** Looks for text at the beginning of the path: 2 capacity units. */
export const pathStarts = (text: string): { ByteMatchStatement: ByteMatchStatement } => ({
  ByteMatchStatement: {
    SearchString: Buffer.from(text),
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'STARTS_WITH',
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
})

/** A REGIONAL IP set of documentation addresses. */
export async function newIPSet(client: WAFV2, Name: string): Promise<Made> {
  const Addresses = ['192.0.2.0/24']
  return made(await client.createIPSet({ Name, Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses }))
}

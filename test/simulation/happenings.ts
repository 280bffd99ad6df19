import { agents, type Caller, session, user } from './callers.ts'
import { type Call, object } from './calls.ts'
import { account, addresses } from './places.ts'
import { chance, type Chance } from './random.ts'
import * as toolkits from './toolkits.ts'
import { applied, planned, runner } from './deployments.ts'
import { atShell, dayMs, hourMs, minuteMs, type Person, type Say, startMs } from './staff.ts'

/** What happens once in a fortnight, and is no attack. */
export function happen(people: readonly Person[], luck: Chance, say: Say): void {
  const at = (day: number, hour: number): number => startMs + day * dayMs + hour * hourMs
  const who = (name: string): Person => people.find((one) => one.name === name) as Person // One of the fifty.
  loosePhone(atShell(who('administrator2'), addresses.office), at(10, 9), say)
  tryOut({ ...atShell(who('dev14'), who('dev14').home), agent: agents.boto }, at(10, 14), say)
  lookInto(atShell(who('dev16'), addresses.office), at(11, 13), luck, say)
  restore(atShell(who('administrator0'), addresses.office), at(9, 15), say)
  contract(at(8, 8), luck, say)
  scan(at(9, 11), say)
  moveRunner(at(11, 9), say)
  browse(atShell(who('support5'), who('support5').home), at(10, 12), say)
  moveData(atShell(who('support3'), who('support3').home), at(12, 10), luck, say)
}

type Steps = readonly Call[]
function inTurn(caller: Caller, fromMs: number, calls: Steps, say: Say): void {
  for (const [at, call] of calls.entries()) say(fromMs + at * 2 * minuteMs, caller, call)
}

/** Somebody lost a phone: the second factor is taken away, and set up anew. */
function loosePhone(caller: Caller, fromMs: number, say: Say): void {
  const serialNumber = `arn:aws:iam::${account}:mfa/dev9`
  inTurn(
    caller,
    fromMs,
    [
      { api: 'iam:ListMFADevices', request: { userName: 'dev9' } },
      { api: 'iam:DeactivateMFADevice', request: { userName: 'dev9', serialNumber } },
      { api: 'iam:DeleteVirtualMFADevice', request: { serialNumber } },
    ],
    say,
  )
}

/** A developer tries out services with a script, from home: much of it is refused. */
function tryOut(caller: Caller, fromMs: number, say: Say): void {
  const denied = { error: 'AccessDenied' }
  inTurn(
    caller,
    fromMs,
    [
      { api: 'bedrock:ListFoundationModels' },
      {
        api: 'bedrock:InvokeModel',
        request: { modelId: 'amazon.titan-text' },
        error: 'AccessDeniedException',
      },
      { api: 'kms:ListKeys' },
      { api: 'lambda:CreateFunction20150331', request: { functionName: 'try' }, ...denied },
      { api: 'iam:CreateRole', request: { roleName: 'try' }, ...denied },
      { api: 'events:PutRule', request: { name: 'try' }, ...denied },
    ],
    say,
  )
}

/** A developer looks for the reason of an outage, in places that are new to him. */
function lookInto(caller: Caller, fromMs: number, luck: Chance, say: Say): void {
  const apis = [
    'ec2:DescribeNetworkAcls',
    'ec2:DescribeRouteTables',
    'ec2:DescribeFlowLogs',
    'rds:DescribeDBSnapshots',
    'cloudtrail:LookupEvents',
    'elasticloadbalancing:DescribeTargetGroups',
    'iam:ListAttachedRolePolicies',
    'kms:GetKeyPolicy',
    'lambda:ListEventSourceMappings20150331',
  ]
  for (const [at, api] of apis.entries())
    say(fromMs + at * 4 * minuteMs + luck.whole(minuteMs), caller, { api })
}

/** A database is restored beside the live one, to read yesterday's rows. */
function restore(caller: Caller, fromMs: number, say: Say): void {
  inTurn(
    caller,
    fromMs,
    [
      { api: 'rds:DescribeDBSnapshots' },
      {
        api: 'rds:RestoreDBInstanceFromDBSnapshot',
        request: {
          dBInstanceIdentifier: 'shop-yesterday',
          dBSnapshotIdentifier: 'rds:shop-2026-03-10',
          publiclyAccessible: false,
        },
      },
      {
        api: 'rds:DeleteDBInstance',
        request: { dBInstanceIdentifier: 'shop-yesterday', skipFinalSnapshot: true },
      },
    ],
    say,
  )
}

/** An analyst copies a month of reports to the own computer. */
function moveData(caller: Caller, fromMs: number, luck: Chance, say: Say): void {
  const bucketName = 'example-reports'
  say(fromMs, caller, object('ListObjects', bucketName, '', { prefix: '2026-02/' }))
  for (let at = 0; at < 140; at += 1)
    say(
      fromMs + minuteMs + at * 1500 + luck.whole(900),
      caller,
      object('GetObject', bucketName, `2026-02/${at}.csv`),
    )
}

/** A contractor begins: a new user, from a network and a country that nobody else is in. */
function contract(fromMs: number, luck: Chance, say: Say): void {
  const caller: Caller = { identity: user('contractor1'), address: '103.21.58.40', agent: agents.cliWindows }
  for (let day = 0; day < 5; day += 1) {
    const calls = Array.from({ length: 25 }, () => luck.pick(toolkits.developing)(luck))
    const rare = Array.from({ length: 2 }, () => luck.pick(toolkits.developingRarely)(luck))
    for (const [at, call] of [...calls, ...rare].entries())
      say(fromMs + day * dayMs + at * 10 * minuteMs, caller, call)
  }
}

/** A vendor's scanner gets a role, and reads the settings of everything. */
function scan(fromMs: number, say: Say): void {
  const caller: Caller = {
    identity: session('vendor-scanner', 'scan'),
    address: '3.64.200.17',
    agent: agents.boto,
  }
  for (const [at, make] of toolkits.auditing.entries()) say(fromMs + at * 2000, caller, make(chance(at)))
}

/** The infrastructure's code is applied by other machines and another tool from now on. */
function moveRunner(fromMs: number, say: Say): void {
  const moved: Caller = {
    ...runner,
    address: '3.64.77.9',
    agent: runner.agent.replace('HashiCorp/1.0 Terraform/1.7.5', 'OpenTofu/1.0 OpenTofu/1.9.0'),
  }
  const calls: Steps = [...planned.map((api) => ({ api })), ...applied]
  for (const [at, call] of calls.entries()) say(fromMs + at * 3000, moved, call)
  say(fromMs + hourMs, moved, { api: 'lambda:PublishLayerVersion20181031', request: { layerName: 'fonts' } })
  say(fromMs + hourMs + 5000, moved, {
    api: 'logs:PutSubscriptionFilter',
    request: {
      logGroupName: '/aws/lambda/orders',
      filterName: 'errors',
      destinationArn: `arn:aws:lambda:eu-central-1:${account}:function:reports`,
    },
  })
}

/** Somebody looks through a bucket with a program of windows and folders. */
function browse(caller: Caller, fromMs: number, say: Say): void {
  const tool = { ...caller, agent: 'Cyberduck/8.7.3.40880 (Mac OS X/14.4) (aarch64)' }
  say(fromMs, tool, { api: 's3:ListBuckets' })
  for (const prefix of ['', '2026-01/', '2026-02/'])
    say(fromMs + minuteMs, tool, object('ListObjects', 'example-reports', '', { prefix }))
  for (let at = 0; at < 6; at += 1)
    say(fromMs + (2 + at) * minuteMs, tool, object('GetObject', 'example-reports', `2026-02/${at}.csv`))
}

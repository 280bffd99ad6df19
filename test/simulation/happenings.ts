import { agents, type Caller } from './callers.ts'
import type { Call } from './calls.ts'
import { account, addresses } from './places.ts'
import type { Chance } from './random.ts'
import { atShell, dayMs, hourMs, minuteMs, type Person, type Say, startMs } from './staff.ts'

/** What happens once in a fortnight, and is no attack. */
export function happen(people: readonly Person[], chance: Chance, say: Say): void {
  const at = (day: number, hour: number): number => startMs + day * dayMs + hour * hourMs
  const who = (name: string): Person => people.find((one) => one.name === name) as Person // One of the fifty.
  loosePhone(atShell(who('administrator2'), addresses.office), at(10, 9), say)
  tryOut({ ...atShell(who('dev14'), who('dev14').home), agent: agents.boto }, at(10, 14), say)
  lookInto(atShell(who('dev16'), addresses.office), at(11, 13), chance, say)
  restore(atShell(who('administrator0'), addresses.office), at(9, 15), say)
  moveData(atShell(who('support3'), who('support3').home), at(12, 10), chance, say)
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
function lookInto(caller: Caller, fromMs: number, chance: Chance, say: Say): void {
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
    say(fromMs + at * 4 * minuteMs + chance.whole(minuteMs), caller, { api })
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
function moveData(caller: Caller, fromMs: number, chance: Chance, say: Say): void {
  const bucketName = 'example-reports'
  say(fromMs, caller, { api: 's3:ListObjects', request: { bucketName, prefix: '2026-02/' } })
  for (let at = 0; at < 140; at += 1)
    say(fromMs + minuteMs + at * 1500 + chance.whole(900), caller, {
      api: 's3:GetObject',
      request: { bucketName, key: `2026-02/${at}.csv` },
    })
}

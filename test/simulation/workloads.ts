import { agents, type Caller, session } from './callers.ts'
import { type Call, key, object } from './calls.ts'
import { account, addresses, region } from './places.ts'
import type { Chance } from './random.ts'
import { dayMs, days, hourMs, minuteMs, type Say, startMs } from './staff.ts'

/** A program with a role of its own. */
export interface Application {
  readonly name: string
  readonly agent: string
  readonly calls: readonly Call[]
  /** On which instance it runs; functions and tasks have a session by another name. */
  readonly instance?: string
  readonly from?: number
}

const secret = (id: string): Call => ({ api: 'secretsmanager:GetSecretValue', request: { secretId: id } })
const parameter = (name: string): Call => ({
  api: 'ssm:GetParameters',
  request: { names: [name], withDecryption: true },
})
const queue = (name: string): Call => ({
  api: 'sqs:ReceiveMessage',
  request: { queueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}` },
})
const invoke = (functionName: string): Call => ({ api: 'lambda:Invoke', request: { functionName } })
const reads = (bucket: string): Call => object('GetObject', bucket, 'a/1.json')
const writes = (bucket: string): Call => object('PutObject', bucket, 'a/2.json')

export const applications: readonly Application[] = [
  ...[0, 1, 2, 3].map((at): Application => ({
    ...{ name: 'shop-role', agent: agents.java, instance: `i-0aa000000000000${at}0` },
    calls: [
      key('Decrypt', 'main', { purpose: 'session' }),
      key('GenerateDataKey', 'main'),
      reads('example-shop-assets'),
      secret('live/shop/db'),
      queue('orders'),
    ],
  })),
  {
    name: 'orders-role',
    agent: agents.go,
    calls: [
      queue('orders'),
      key('Decrypt', 'orders'),
      writes('example-orders'),
      reads('example-orders'),
      secret('live/orders/db'),
    ],
  },
  {
    name: 'billing-role',
    agent: agents.java,
    calls: [
      key('Decrypt', 'billing'),
      reads('example-invoices'),
      writes('example-invoices'),
      secret('live/billing/db'),
    ],
  },
  {
    name: 'thumbnails-role',
    agent: agents.node,
    calls: [reads('example-uploads'), writes('example-thumbnails'), key('Decrypt', 'uploads')],
  },
  {
    name: 'search-role',
    agent: agents.java,
    instance: 'i-0aa0000000000050',
    calls: [reads('example-search'), writes('example-search'), parameter('/live/search/url')],
  },
  {
    name: 'mail-role',
    agent: agents.node,
    calls: [queue('mail'), { api: 'ses:SendEmail' }, key('Decrypt', 'main')],
  },
  {
    name: 'reports-role',
    agent: agents.boto,
    calls: [
      object('ListObjects', 'example-orders', ''),
      reads('example-orders'),
      writes('example-reports'),
      invoke('render'),
    ],
  },
  {
    name: 'cleanup-role',
    agent: agents.boto,
    calls: [
      object('ListObjects', 'example-uploads', ''),
      object('DeleteObject', 'example-uploads', 'a/old.jpg'),
    ],
  },
  {
    name: 'gateway-role',
    agent: agents.node,
    calls: [
      key('Sign', 'tokens'),
      key('GetPublicKey', 'tokens'),
      invoke('checkout'),
      parameter('/live/gateway/limits'),
    ],
  },
  // Rolled out on the second Tuesday.
  {
    name: 'loyalty-role',
    agent: agents.go,
    from: 8,
    calls: [
      key('Decrypt', 'loyalty'),
      writes('example-loyalty'),
      reads('example-loyalty'),
      secret('live/loyalty/db'),
    ],
  },
]

/** As whom an application calls. */
export function atWork({ name, agent, instance }: Application): Caller {
  const identity = session(name, instance ?? `${name.replace('-role', '')}-task`, {
    onInstance: instance !== undefined,
  })
  return { identity, agent, address: addresses.nat }
}

const callsAnHour = 12
/** Reports are made at night, much at once. */
const nightly = { application: 'reports-role', hour: 3, calls: 160 }

export function applicationsOf(chance: Chance, say: Say): void {
  for (const application of applications) {
    const caller = atWork(application)
    for (let hour = (application.from ?? 0) * 24 + 9; hour < days * 24; hour += 1) {
      const isNight = application.name === nightly.application && hour % 24 === nightly.hour
      const many = isNight ? nightly.calls + chance.whole(60) : chance.whole(2 * callsAnHour)
      for (let left = many; left > 0; left -= 1)
        say(startMs + hour * hourMs + chance.whole(hourMs), caller, chance.pick(application.calls))
      if (chance.happens(0.02))
        say(startMs + hour * hourMs, caller, {
          ...chance.pick(application.calls),
          error: 'ThrottlingException',
        })
    }
  }
}

/** What services do by themselves: roles handed to instances, backups, scaling. */
export function servicesOf(chance: Chance, say: Say): void {
  const ofService = (domain: string): Caller => ({
    identity: { type: 'AWSService', invokedBy: domain },
    address: domain,
    agent: domain,
  })
  const linked = (role: string, domain: string): Caller => ({
    identity: { ...session(role, 'service', { path: `aws-service-role/${domain}/` }), invokedBy: domain },
    ...{ address: domain, agent: domain },
  })
  const backup = linked('AWSServiceRoleForBackup', 'backup.amazonaws.com')
  const scaling = linked('AWSServiceRoleForAutoScaling', 'autoscaling.amazonaws.com')
  for (let day = 0; day < days; day += 1) {
    const midnight = startMs + day * dayMs
    for (const { name } of applications)
      for (let hour = 0; hour < 24; hour += 6)
        say(midnight + hour * hourMs, ofService('ec2.amazonaws.com'), {
          api: 'sts:AssumeRole',
          request: { roleArn: `arn:aws:iam::${account}:role/${name}`, roleSessionName: 'i-0aa0000000000000' },
        })
    for (let volume = 0; volume < 6; volume += 1)
      say(midnight + hourMs + volume * minuteMs, backup, {
        api: 'ec2:CreateSnapshot',
        request: { volumeId: `vol-0000000000000000${volume}` },
        response: { snapshotId: `snap-0${chance.hex(16)}` },
      })
    if (day > 6)
      say(midnight + 2 * hourMs, backup, {
        api: 'ec2:DeleteSnapshot',
        request: { snapshotId: `snap-0${chance.hex(16)}` },
      })
    say(midnight + 8 * hourMs, scaling, { api: 'ec2:RunInstances', request: { instanceType: 'm6i.large' } })
    say(midnight + 20 * hourMs, scaling, {
      api: 'ec2:TerminateInstances',
      request: { instancesSet: { items: [{ instanceId: `i-0${chance.hex(16)}` }] } },
    })
  }
}

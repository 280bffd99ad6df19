import { object } from '../calls.ts'
import { listedAddress, listedDomain } from '../places.ts'
import { minuteMs } from '../staff.ts'
import { flow, outward, query } from '../traffic.ts'
import { type Technique, times } from '../technique.ts'

/** Attacks of several stages. */
export const chainThreats: readonly Technique[] = [
  {
    name: 'a stolen key: looking around, a user of its own, the trail stopped',
    types: ['AttackSequence:IAM/CompromisedCredentials'],
    attack({ call, wait, thief }) {
      for (const api of [
        'sts:GetCallerIdentity',
        'iam:ListUsers',
        'iam:ListAttachedUserPolicies',
        'iam:SimulatePrincipalPolicy',
        'iam:GetAccountAuthorizationDetails',
      ])
        call(thief, { api })
      wait(40 * minuteMs)
      call(thief, {
        api: 'iam:CreateUser',
        request: { userName: 'backup' },
        response: { user: { userName: 'backup' } },
      })
      call(thief, {
        api: 'iam:AttachUserPolicy',
        request: { userName: 'backup', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      })
      wait(2 * 60 * minuteMs)
      call(thief, { api: 'cloudtrail:StopLogging', request: { name: 'main' } })
    },
    twin: 'an administrator makes a user, looks around and changes the trail’s selectors, on a journey',
    nearMiss({ call, administrator }) {
      const away = { ...administrator, address: '104.28.30.9' }
      for (const api of [
        'iam:ListUsers',
        'iam:ListRoles',
        'iam:GetAccountSummary',
        'cloudtrail:DescribeTrails',
      ])
        call(away, { api })
      call(away, {
        api: 'iam:CreateUser',
        request: { userName: 'dev51' },
        response: { user: { userName: 'dev51' } },
      })
      call(away, { api: 'iam:AddUserToGroup', request: { userName: 'dev51', groupName: 'developers' } })
    },
  },
  {
    name: 'a stolen key: data read in bulk and deleted',
    types: ['AttackSequence:S3/CompromisedData'],
    attack({ call, thief }) {
      for (const api of [
        'sts:GetCallerIdentity',
        's3:ListBuckets',
        's3:GetBucketPolicy',
        's3:GetBucketVersioning',
        's3:GetBucketLogging',
        's3:GetBucketReplication',
      ])
        call(thief, { api })
      call(thief, {
        api: 's3:PutBucketVersioning',
        request: { bucketName: 'example-invoices', VersioningConfiguration: { Status: 'Suspended' } },
      })
      times(150, (at) => call(thief, object('GetObject', 'example-invoices', `a/${at}.pdf`)))
      times(150, (at) => call(thief, object('DeleteObject', 'example-invoices', `a/${at}.pdf`)))
    },
    twin: 'the nightly report, a few times as large',
    nearMiss({ call, shop, reports }) {
      times(300, (at) => call(reports, object('GetObject', 'example-orders', `a/${at}.json`)))
      call(shop, object('GetObject', 'example-shop-assets', 'a/1.json'))
    },
  },
  {
    name: 'an instance under another’s command: scanning and mining',
    types: ['AttackSequence:EC2/CompromisedInstanceGroup'],
    attack({ flows, queries }) {
      flows((machine, atMs, chance) =>
        outward(machine, atMs, listedAddress('command-and-control'), 443, chance),
      )
      queries((machine, atMs) => [query(machine, atMs + 1000, `pool.${listedDomain('cryptocurrency')}`)])
      flows((machine, atMs) =>
        Array.from({ length: 60 }, (_, at) =>
          flow(machine, atMs + 2000 + at * 100, {
            srcaddr: machine.address,
            dstaddr: '10.0.3.10',
            srcport: 40_000 + at,
            dstport: 1 + at * 7,
            packets: 1,
            bytes: 44,
            tcpFlags: 2,
          }),
        ),
      )
    },
    twin: 'an instance that strangers knock at',
    nearMiss: ({ flows }) =>
      flows((machine, atMs) =>
        Array.from({ length: 12 }, (_, at) =>
          flow(machine, atMs + at * minuteMs, {
            srcaddr: `141.1.2.${at}`,
            dstaddr: machine.address,
            srcport: 50_000,
            dstport: 22,
            packets: 1,
            bytes: 44,
            tcpFlags: 2,
            action: 'REJECT',
          }),
        ),
      ),
  },
]

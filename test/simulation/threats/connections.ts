import { listedAddress } from '../places.ts'
import { dayMs, secondMs } from '../staff.ts'
import { flow, inward, type Machine, machines, outward } from '../traffic.ts'
import type { Technique } from '../technique.ts'

const probe = { packets: 1, bytes: 44, tcpFlags: 2, action: 'REJECT' as const }
const attempt = { packets: 14, bytes: 2400 }
const mailer = machines[7] as Machine // There are eight.
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

type Listed = readonly [threat: Parameters<typeof listedAddress>[0], type: string]
const listed: readonly Listed[] = [
  ['command-and-control', 'Backdoor:EC2/C&CActivity.B'],
  ['cryptocurrency', 'CryptoCurrency:EC2/BitcoinTool.B'],
  ['black-hole', 'Trojan:EC2/BlackholeTraffic'],
  ['drop-point', 'Trojan:EC2/DropPoint'],
  ['tor', 'UnauthorizedAccess:EC2/TorClient'],
  ['custom', 'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom'],
]

/** Connections of instances, in flow records. */
export const connectionThreats: readonly Technique[] = [
  ...listed.map(([threat, type]): Technique => ({
    name: `connections to a listed address: ${threat}`,
    types: [type],
    attack: ({ flows }) =>
      flows((machine, atMs, chance) => outward(machine, atMs, listedAddress(threat), 443, chance)),
    twin: 'such an address tries the instance, and is not let in',
    nearMiss: ({ flows }) =>
      flows((machine, atMs) => [
        flow(machine, atMs, {
          srcaddr: listedAddress(threat),
          dstaddr: machine.address,
          srcport: 50_000,
          dstport: 8443,
          ...probe,
        }),
      ]),
  })),
  {
    name: 'a scan of ports',
    types: ['Recon:EC2/Portscan'],
    attack: ({ flows }) =>
      flows((machine, atMs) =>
        range(60).map((at) =>
          flow(machine, atMs + at * 100, {
            srcaddr: machine.address,
            dstaddr: '10.0.3.10',
            srcport: 40_000 + at,
            dstport: 1 + at * 7,
            ...probe,
            action: 'ACCEPT',
          }),
        ),
      ),
    twin: 'many connections to one port',
    nearMiss: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(60).flatMap((at) => outward(machine, atMs + at * 100, '10.0.3.10', 5432, chance)),
      ),
  },
  {
    name: 'a sweep of hosts',
    types: ['Impact:EC2/PortSweep'],
    attack: ({ flows }) =>
      flows((machine, atMs) =>
        range(80).map((at) =>
          flow(machine, atMs + at * 100, {
            srcaddr: machine.address,
            dstaddr: `141.1.${at}.7`,
            srcport: 40_000 + at,
            dstport: 445,
            ...probe,
            action: 'ACCEPT',
          }),
        ),
      ),
    twin: 'a page with pictures from many places',
    nearMiss: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(25).flatMap((at) => outward(machine, atMs + at * 100, `141.1.${at}.7`, 443, chance)),
      ),
  },
  {
    name: 'guessing passwords of SSH',
    types: ['UnauthorizedAccess:EC2/SSHBruteForce'],
    attack: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(40).flatMap((at) =>
          inward(machine, atMs + at * 5 * secondMs, '141.1.2.3', 22, chance, attempt),
        ),
      ),
    twin: 'an administrator connects a few times',
    nearMiss: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(6).flatMap((at) =>
          inward(machine, atMs + at * 60 * secondMs, '198.51.100.20', 22, chance, {
            packets: 400,
            bytes: 90_000,
          }),
        ),
      ),
  },
  {
    name: 'a flood by UDP',
    types: ['Backdoor:EC2/DenialOfService.Udp', 'Behavior:EC2/TrafficVolumeUnusual'],
    attack: ({ flows }) =>
      flows((machine, atMs) =>
        range(5).map((at) =>
          flow(machine, atMs + at * 10 * secondMs, {
            srcaddr: machine.address,
            dstaddr: '141.1.2.3',
            srcport: 40_000,
            dstport: 30_120,
            protocol: 17,
            packets: 300_000,
            bytes: 3e8,
            tcpFlags: 0,
          }),
        ),
      ),
    twin: 'a call by video, which goes both ways',
    nearMiss: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(5).flatMap((at) =>
          outward(machine, atMs + at * 60 * secondMs, '13.107.42.14', 443, chance, {
            protocol: 17,
            packets: 6000,
            bytes: 5e6,
            tcpFlags: 0,
          }),
        ),
      ),
  },
  {
    name: 'sending spam',
    types: ['Backdoor:EC2/Spambot'],
    attack: ({ flows }) =>
      flows((machine, atMs, chance) =>
        range(60).flatMap((at) => outward(machine, atMs + at * secondMs, `141.${at}.2.3`, 25, chance)),
      ),
    twin: 'the instance that sends mails sends more of them, by the provider’s server',
    nearMiss: ({ flows }) =>
      flows((_, atMs, chance) =>
        range(60).flatMap((at) => outward(mailer, atMs + at * secondMs, '3.64.40.25', 587, chance)),
      ),
  },
  {
    name: 'gigabytes to somewhere new',
    types: ['Behavior:EC2/TrafficVolumeUnusual'],
    attack: ({ flows }) =>
      flows((machine, atMs) =>
        range(10).map((at) =>
          flow(machine, atMs + at * 60 * secondMs, {
            srcaddr: machine.address,
            dstaddr: '141.1.2.3',
            srcport: 40_000 + at,
            dstport: 443,
            packets: 1_500_000,
            bytes: 2e9,
          }),
        ),
      ),
    twin: 'an update of some hundred megabytes',
    nearMiss: ({ flows }) =>
      flows((machine, atMs, chance) =>
        outward(machine, atMs + dayMs / 24, '151.101.2.132', 80, chance, { packets: 300_000, bytes: 3e8 }),
      ),
  },
]

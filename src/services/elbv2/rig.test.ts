// Goal: ELBv2's tests go the whole way of a call, with the network and the certificates that balancers need beside it.
// Method: AWS's own clients, whose requests go to a pipeline in the same process, over a store in memory.
import assert from 'node:assert/strict'
import { ACM } from '@aws-sdk/client-acm'
import { EC2 } from '@aws-sdk/client-ec2'
import { type Action, ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { IAM } from '@aws-sdk/client-iam'
import type { AccountId, Arn } from '#core/arn.ts'
import { certificatesOf } from '#core/certificates.ts'
import { makeCertificate } from '../../../test/certificates.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { acmCertificates } from '../acm/certificate-view.ts'
import { createAcmService } from '../acm/service.ts'
import { network } from '../ec2/network-view.ts'
import { createEc2Service } from '../ec2/service.ts'
import { iamCertificates } from '../iam/certificate-view.ts'
import { identities } from '../iam/identities.ts'
import { createIamService } from '../iam/service.ts'
import { certificateUsers, edgeParts, usesSecurityGroup, usesSubnet } from './front-doors.ts'
import { createElbv2Service } from './service.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits.
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)

/** What a user may do. */
interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export async function rig() {
  const ground = layGround(startMs)
  const { clock, store, seal, world } = ground
  const certificates = certificatesOf({ acm: acmCertificates, iam: iamCertificates })
  const uses = { usersOf: certificateUsers }
  const deleted: Arn[] = []
  const { configuration } = inProcess(ground, {
    services: [
      createIamService(uses),
      createAcmService(uses),
      createEc2Service({
        ...{ usesSecurityGroup, usesSubnet, roles: { role: () => undefined } },
        flows: { end: () => Promise.resolve({}) },
      }),
      createElbv2Service({ network, certificates, onDeleted: (_tx, arn) => deleted.push(arn) }),
    ],
    identities,
  })
  const [admin] = await found(ground, [here])
  const options = configuration(admin)
  const observed = new Set<string>()
  const elb = new ElasticLoadBalancingV2(options)
  const ec2 = new EC2(options)
  const acm = new ACM(options)
  const { Subnets = [] } = await ec2.describeSubnets({})
  const subnets = Subnets.map(({ SubnetId = '' }) => SubnetId)

  return {
    elb,
    ec2,
    acm,
    clock,
    store,
    world,
    subnets,
    deleted,
    vpcId: Subnets[0]?.VpcId ?? '',
    /** VPCs and subnets of which somebody wants to know. */
    observed,
    /** What the edge is told. */
    parts: () =>
      edgeParts(store.read, {
        seal,
        network,
        certificates,
        webACLOf: () => undefined,
        isObserved: (_, { vpcId, subnetIds }) =>
          observed.has(vpcId) || subnetIds.some((id) => observed.has(id)),
        logDeliveriesOf: () => [],
      }),
    /** A balancer in two zones. */
    async balancer(Name = 'web') {
      const { LoadBalancers } = await elb.createLoadBalancer({ Name, Subnets: subnets.slice(0, 2) })
      const [made] = LoadBalancers ?? []
      assert.ok(made?.LoadBalancerArn !== undefined && made.DNSName !== undefined)
      return {
        arn: made.LoadBalancerArn,
        dnsName: made.DNSName,
        securityGroup: made.SecurityGroups?.[0] ?? '',
      }
    },
    async group(
      Name = 'web',
      wish: Partial<Parameters<ElasticLoadBalancingV2['createTargetGroup']>[0]> = {},
    ) {
      const { TargetGroups } = await elb.createTargetGroup({
        Name,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: Subnets[0]?.VpcId,
        TargetType: 'ip',
        ...wish,
      })
      return TargetGroups?.[0]?.TargetGroupArn ?? ''
    },
    async listener(LoadBalancerArn: string, TargetGroupArn: string, Port = 80) {
      const { Listeners } = await elb.createListener({
        LoadBalancerArn,
        Protocol: 'HTTP',
        Port,
        DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      })
      return Listeners?.[0]?.ListenerArn ?? ''
    },
    certificate: (...names: readonly string[]) => imported(acm, names),
    certificateElsewhere: (...names: readonly string[]) =>
      imported(new ACM(configuration(admin, 'eu-west-1')), names),
    /** A user with an inline policy, as a client of ELBv2. */
    async user(UserName: string, ...Statement: readonly PolicyStatement[]) {
      const credentials = await newUser(new IAM(options), UserName, Statement)
      return new ElasticLoadBalancingV2(configuration(credentials))
    },
  }
}

/** The ARN of a new certificate for these names. */
async function imported(acm: ACM, names: readonly string[]): Promise<string> {
  const day = 86_400_000
  const [commonName = ''] = names
  const made = makeCertificate({
    commonName,
    dnsNames: names,
    notBeforeMs: startMs - day,
    notAfterMs: startMs + day,
  })
  const { CertificateArn = '' } = await acm.importCertificate({
    Certificate: Buffer.from(made.certificate),
    PrivateKey: Buffer.from(made.privateKey),
  })
  return CertificateArn
}

export type Rig = Awaited<ReturnType<typeof rig>>

/** The one front door, as the edge was told of it. */
export function doorOf({ parts }: Rig) {
  const part = parts().find(({ kind }) => kind === 'front-door')
  assert.ok(part?.kind === 'front-door')
  return part.value
}

export const fixed: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }

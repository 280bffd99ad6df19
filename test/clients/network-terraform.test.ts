// Goal: Terraform with the official AWS provider finds the default network, makes another beside it, and brings certificates.
// Method: examples/terraform/network, unchanged, is applied, planned (which must find nothing to do), changed and destroyed.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EC2 } from '@aws-sdk/client-ec2'
import { makeCertificate } from '../certificates.ts'
import { devAdministrator } from '../server.ts'
import { terraformTest } from './terraform-steps.ts'

const resources = 16
const dayMs = 86_400_000

terraformTest(
  'terraform: a network and certificates are applied, planned empty, changed and destroyed',
  { example: 'network' },
  async ({ server, directory, apply, change, destroy, output }) => {
    const ec2 = new EC2({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: devAdministrator,
      maxAttempts: 1,
    })
    const nowMs = Date.now()
    const { certificate, privateKey } = makeCertificate({
      commonName: 'shop.example',
      dnsNames: ['shop.example', '*.shop.example'],
      keyType: 'rsa-2048',
      notBeforeMs: nowMs - dayMs,
      notAfterMs: nowMs + 90 * dayMs,
    })
    const variables = join(directory, 'terraform.tfvars.json')
    writeFileSync(variables, JSON.stringify({ certificate, private_key: privateKey }))

    await apply(resources)
    assert.equal(await output('default_subnets'), '3')
    assert.equal(await output('default_vpc'), '172.31.0.0/16')
    assert.equal(await output('subnet_zones'), 'us-east-1a,us-east-1b')
    assert.match(await output('certificate_arn'), /^arn:aws:acm:us-east-1:000000000000:certificate\//)
    assert.match(await output('server_certificate_arn'), /:server-certificate\/shop\/shop$/)
    const group = { Filters: [{ Name: 'group-id', Values: [await output('web_group')] }] }
    const rules = async () => (await ec2.describeSecurityGroupRules(group)).SecurityGroupRules
    assert.equal((await rules())?.length, 4)

    await change(11, '-var=team=green', '-var=office=198.51.100.0/24')
    assert.ok((await rules())?.some(({ CidrIpv4 }) => CidrIpv4 === '198.51.100.0/24'))

    const { FlowLogs } = await ec2.describeFlowLogs({})
    assert.deepEqual(FlowLogs?.map((one) => one.TrafficType).toSorted(), ['ALL', 'REJECT'])

    await destroy(resources)
    const { Vpcs } = await ec2.describeVpcs({})
    assert.deepEqual(
      Vpcs?.map(({ IsDefault }) => IsDefault),
      [true],
    )
  },
)

// Goal: Terraform with the official AWS provider finds the default network, makes another beside it, and brings certificates.
// Method: examples/terraform/network, unchanged, is applied, planned (which must find nothing to do), changed and destroyed.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { EC2 } from '@aws-sdk/client-ec2'
import { makeCertificate } from '../certificates.ts'
import { devAdministrator, directoryFor, serverFor } from '../server.ts'
import { findTerraform, openWorkspace } from '../set-up/terraform.ts'
import { expecting, nothingToDo, somethingToDo } from './terraform-steps.ts'

const terraform = findTerraform()
const example = join(import.meta.dirname, '../../examples/terraform/network')
const resources = 16
const dayMs = 86_400_000

test(
  'terraform: a network and certificates are applied, planned empty, changed and destroyed',
  { skip: !terraform.ready && terraform.why, timeout: 5 * 60_000 },
  async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t, { dev: true })
    const ec2 = new EC2({
      region: 'us-east-1',
      endpoint: server.url,
      credentials: devAdministrator,
      maxAttempts: 1,
    })
    const workspace = openWorkspace(directoryFor(t), example, {
      mirror: terraform.mirror,
      url: server.url,
      credentials: devAdministrator,
    })
    const nowMs = Date.now()
    const { certificate, privateKey } = makeCertificate({
      commonName: 'shop.example',
      dnsNames: ['shop.example', '*.shop.example'],
      keyType: 'rsa-2048',
      notBeforeMs: nowMs - dayMs,
      notAfterMs: nowMs + 90 * dayMs,
    })
    const variables = join(workspace.directory, 'terraform.tfvars.json')
    writeFileSync(variables, JSON.stringify({ certificate, private_key: privateKey }))

    const { succeed, plan } = expecting(t, workspace)
    await succeed('init')
    assert.match(await succeed('apply'), new RegExp(`${resources} added, 0 changed, 0 destroyed`))
    assert.equal(await plan(), nothingToDo)
    const output = async (name: string): Promise<string> => (await succeed('output', '-raw', name)).trim()
    assert.equal(await output('default_subnets'), '3')
    assert.equal(await output('default_vpc'), '172.31.0.0/16')
    assert.equal(await output('subnet_zones'), 'us-east-1a,us-east-1b')
    assert.match(await output('certificate_arn'), /^arn:aws:acm:us-east-1:000000000000:certificate\//)
    assert.match(await output('server_certificate_arn'), /:server-certificate\/shop\/shop$/)
    const group = { Filters: [{ Name: 'group-id', Values: [await output('web_group')] }] }
    const rules = async () => (await ec2.describeSecurityGroupRules(group)).SecurityGroupRules
    assert.equal((await rules())?.length, 4)

    const change = ['-var=team=green', '-var=office=198.51.100.0/24']
    assert.equal(await plan(...change), somethingToDo)
    assert.match(await succeed('apply', ...change), /0 added, 11 changed, 0 destroyed/)
    assert.equal(await plan(...change), nothingToDo)
    assert.ok((await rules())?.some(({ CidrIpv4 }) => CidrIpv4 === '198.51.100.0/24'))

    const { FlowLogs } = await ec2.describeFlowLogs({})
    assert.deepEqual(FlowLogs?.map((one) => one.TrafficType).toSorted(), ['ALL', 'REJECT'])

    assert.match(await succeed('destroy', ...change), new RegExp(`${resources} destroyed`))
    const { Vpcs } = await ec2.describeVpcs({})
    assert.deepEqual(
      Vpcs?.map(({ IsDefault }) => IsDefault),
      [true],
    )
  },
)

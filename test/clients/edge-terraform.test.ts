// Goal: Terraform's official AWS provider makes a guarded load balancer as it does on AWS, and what it applied is what traffic meets.
// Method: examples/terraform/edge, unchanged, is applied, planned (which must find nothing to do), asked with curl, changed and destroyed.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { edgeUrl } from '../edge-url.ts'
import { devAdministrator, directoryFor, serverFor } from '../server.ts'
import { findTerraform, openWorkspace } from '../set-up/terraform.ts'
import { curl, originFor, until } from './edge-rig.ts'
import { expecting, nothingToDo, somethingToDo } from './terraform-steps.ts'

const terraform = findTerraform()
const example = join(import.meta.dirname, '../../examples/terraform/edge')
const resources = 16

test(
  'terraform: a guarded balancer is applied, planned empty, asked, changed and destroyed',
  { skip: !terraform.ready && terraform.why, timeout: 8 * 60_000 },
  async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t, {
      dev: true,
      flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
    })
    const origin = await originFor(t)
    const workspace = openWorkspace(directoryFor(t), example, {
      mirror: terraform.mirror,
      url: server.url,
      credentials: devAdministrator,
    })
    const { succeed, plan } = expecting(t, workspace)
    const port = `-var=origin_port=${origin}`
    await succeed('init')
    assert.match(await succeed('apply', port), new RegExp(`${resources} added, 0 changed, 0 destroyed`))
    assert.equal(await plan(port), nothingToDo)

    const url = await edgeUrl(server.directory, (await succeed('output', '-raw', 'dns_name')).trim())
    await until(
      5_000,
      () => curl(`${url}/`),
      ({ status }) => status === '200',
    )
    assert.deepEqual(await curl(`${url}/tea/pot`), { status: '418', body: 'short and stout' })
    assert.equal((await curl(`${url}/?id=1%27+OR+%271%27%3D%271`)).status, '403')

    const change = [port, '-var=blocked=["127.0.0.1/32"]', '-var=limit=500']
    assert.equal(await plan(...change), somethingToDo)
    assert.match(await succeed('apply', ...change), /0 added, 2 changed, 0 destroyed/)
    assert.equal(await plan(...change), nothingToDo)
    await until(
      1_000,
      () => curl(`${url}/`),
      ({ status }) => status === '403',
    )
    assert.match(await succeed('destroy', ...change), new RegExp(`${resources} destroyed`))
  },
)

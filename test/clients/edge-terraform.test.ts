// Goal: Terraform's official AWS provider makes a guarded load balancer as it does on AWS, and what it applied is what traffic meets.
// Method: examples/terraform/edge, unchanged, is applied, planned (which must find nothing to do), asked with curl, changed and destroyed.
import assert from 'node:assert/strict'
import { edgeUrl } from '../edge-url.ts'
import { curl, originFor, until } from './edge-rig.ts'
import { terraformTest } from './terraform-steps.ts'

const resources = 16

terraformTest(
  'terraform: a guarded balancer is applied, planned empty, asked, changed and destroyed',
  { example: 'edge', flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'] },
  async ({ server, apply, change, destroy, output }, t) => {
    const origin = await originFor(t)
    await apply(resources, `-var=origin_port=${origin}`)

    const url = await edgeUrl(server.directory, await output('dns_name'))
    await until(
      5_000,
      () => curl(`${url}/`),
      ({ status }) => status === '200',
    )
    assert.deepEqual(await curl(`${url}/tea/pot`), { status: '418', body: 'short and stout' })
    assert.equal((await curl(`${url}/?id=1%27+OR+%271%27%3D%271`)).status, '403')

    await change(2, '-var=blocked=["127.0.0.1/32"]', '-var=limit=500')
    await until(
      1_000,
      () => curl(`${url}/`),
      ({ status }) => status === '403',
    )
    await destroy(resources)
  },
)

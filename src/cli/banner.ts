import type { ResolverSettings } from '#resolver/index.ts'
import type { FirstCredentialsOf } from './first-start.ts'
import type { Principal } from './principal.ts'

/** What a start without `--dev` shows once, on a new data directory. */
export function firstStartBanner(url: string, { account, root, administrator }: FirstCredentialsOf): string {
  return `
This is the first start: account ${account} was made. Its credentials are shown once; keep them.

  root user       access key id      ${root.accessKeyId}
                  secret access key  ${root.secretAccessKey}
  administrator   access key id      ${administrator.accessKeyId}
  (user admin)    secret access key  ${administrator.secretAccessKey}

To use it as the administrator, paste into another terminal:

${environment(url, administrator.accessKeyId, administrator.secretAccessKey)}
What next: aws sts get-caller-identity
           docs/guide/first-steps.md leads to a protected application in fifteen minutes.
           Should this key be lost, the root user makes another: aws iam create-access-key --user-name admin
`
}

/** What `--dev` shows, loudly. */
export function devBanner(url: string, principals: readonly Principal[]): string {
  const further = principals.map(
    ({ account, userName, accessKeyId }) => `  ${accessKeyId}: user ${userName} of account ${account}\n`,
  )
  return `
*** --dev: EVERYBODY KNOWS THESE CREDENTIALS. For tests and CI only. ***

  test / test: an administrator of account 000000000000
  <twelve digits> / test: an administrator of that account
${further.join('')}  POST ${url}/_redoubt/reset restores the first state.

${environment(url, 'test', 'test')}`
}

/** Where the DNS resolver listens, and whom it asks. */
export function dnsBanner({ host, upstreams }: ResolverSettings, port: number): string {
  const asked = upstreams.map((upstream) => hostWithPort(upstream.address, upstream.port)).join(', ')
  return `DNS resolver on ${hostWithPort(host, port)} by UDP and TCP, asking ${asked}.`
}

function hostWithPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** What every start ends with. */
export function readyBanner(url: string, directory: string, workers: number): string {
  return `Redoubt is ready on ${url} (${workers === 1 ? '1 worker' : `${workers} workers`}, data in ${directory}). Press Ctrl-C to stop.`
}

function environment(url: string, accessKeyId: string, secretAccessKey: string): string {
  return `  export AWS_ENDPOINT_URL=${url}
  export AWS_ACCESS_KEY_ID=${accessKeyId}
  export AWS_SECRET_ACCESS_KEY=${secretAccessKey}
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
`
}

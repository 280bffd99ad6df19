import { resolve } from 'node:path'
import type { EdgeListener } from '#core/edge-view.ts'
import { askListeners } from './control-client.ts'

/** What `redoubt edge` was told. */
export interface EdgeOptions {
  readonly data: string
  readonly json: boolean
}

/** Prints where load balancers listen. Sets the exit code 1, with a line that says what to do, where no server runs. */
export async function showEdge({ data, json }: EdgeOptions): Promise<void> {
  const listeners = await askListeners(resolve(data))
  if (listeners === undefined) {
    console.error(
      `redoubt: no server runs on ${resolve(data)}: start it with 'redoubt serve', or name its directory with --data`,
    )
    process.exitCode = 1
    return
  }
  if (json) console.log(JSON.stringify(listeners, undefined, 2))
  else if (listeners.length === 0) console.log('No load balancer has a listener.')
  else console.log(listeners.map(described).join('\n\n'))
}

function described({ hostName, protocol, urls, listener, webACL, ownPortError }: EdgeListener): string {
  const port =
    ownPortError === undefined ? [] : [`  own port   not bound (${ownPortError}); the shared port serves it`]
  return [
    `${hostName} (${protocol})`,
    ...urls.map((url) => `  ${url}`),
    `  listener   ${listener}`,
    `  web ACL    ${webACL ?? 'none'}`,
    ...port,
  ].join('\n')
}

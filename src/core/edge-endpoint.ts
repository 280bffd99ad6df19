import { readClaim } from '#wire/sigv4/index.ts'
import type { HttpResponse } from '#wire/index.ts'
import { parseArn } from './arn.ts'
import { type Authenticate, authenticationFault } from './authentication.ts'
import type { EdgeView } from './edge-view.ts'
import type { OwnEndpoint } from './http-server.ts'
import type { CallAs } from './service-calls.ts'
import type { Store } from './store/index.ts'

interface Parts {
  readonly authenticate: Authenticate
  readonly callAs: CallAs
  readonly edge: Pick<EdgeView, 'listeners'>
  readonly store: Pick<Store, 'catchUp'>
  readonly nowMs: () => number
}

const signingName = 'elasticloadbalancing'

/**
 * `GET /_redoubt/edge`: what listens for the caller's account in the Region that it signed for, with addresses. Signed as a request to ELBv2,
 * by who may describe load balancers; it is recorded as that call.
 */
export function createEdgeEndpoint({ authenticate, callAs, edge, store, nowMs }: Parts): OwnEndpoint {
  return async (request) => {
    await store.catchUp()
    const claim = readClaim(request)
    if (!claim.ok) return refused(authenticationFault(claim))
    if (claim.scope.service !== signingName)
      return refused({
        code: 'SignatureDoesNotMatch',
        message: `Credential should be scoped to correct service: '${signingName}'. `,
      })
    const verified = authenticate(request, claim, { service: 'elbv2', nowMs: nowMs() })
    if (!verified.ok) return refused(authenticationFault(verified))
    const { caller } = verified
    const region = claim.scope.region || 'us-east-1'
    const allowed = await callAs(caller, {
      ...{ service: 'elbv2', operation: 'DescribeLoadBalancers', input: {} },
      region,
    })
    if (!allowed.ok) return refused(allowed.fault)
    const own = (await edge.listeners()).filter(({ frontDoor }) => {
      const arn = parseArn(frontDoor)
      return arn?.account === caller.account && arn.region === region
    })
    return answer(200, own)
  }
}

/** All listeners, for whoever may see everything. */
export async function allListeners(edge: Pick<EdgeView, 'listeners'>): Promise<HttpResponse> {
  return answer(200, await edge.listeners())
}

function refused({ code, message }: { readonly code: string; readonly message: string }): HttpResponse {
  return answer(403, { code, message })
}

function answer(status: number, body: unknown): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  }
}

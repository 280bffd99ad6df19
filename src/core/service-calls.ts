import type { ServiceName, WireFault } from '#wire/index.ts'
import type { AccountId, Arn } from './arn.ts'
import { Bounded } from './bounded.ts'
import type { ServiceCaller, SessionStatement, SignedCaller } from './caller.ts'
import { Fault } from './fault.ts'
import type { Identities } from './identities.ts'
import type { OpenedSession, Sessions } from './session-token.ts'
import type { Store } from './store/index.ts'

/** What a service that acts by itself asks of another one. */
export interface ServiceCall {
  readonly service: ServiceName
  /** As the model names it: `SendMessage`. */
  readonly operation: string
  /** Of the model's type. It is not validated against the model: a service makes it, no client. */
  readonly input: object
  /** Whose resources the calling service acts for. */
  readonly account: AccountId
  readonly region: string
  readonly as: ActingAs
}

/**
 * As itself: the target's resource policy must let the service in, and may ask for `aws:SourceArn` and `aws:SourceAccount`.
 * As a role: its trust policy must name the service, and its policies count as with any session.
 */
export type ActingAs =
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn: Arn }
  | {
      readonly kind: 'role'
      readonly principal: string
      readonly sourceArn?: Arn | undefined
      readonly roleArn: string
      readonly sessionName: string
    }

/** What a call came to: an output of the model's type, or the fault that a client would have been answered. */
export type CallAnswer =
  { readonly ok: true; readonly output: unknown } | { readonly ok: false; readonly fault: WireFault }

/**
 * Calls an operation for a service that acts by itself, outside of any request: found, authorized, run and recorded as every call is.
 * What it changes is on disk, and its record written, when the promise is kept. It never rejects.
 */
export type CallAsService = (call: ServiceCall) => Promise<CallAnswer>

/** The pipeline, from "find the target" on. */
export type CallAs = (
  caller: SignedCaller | ServiceCaller,
  call: Pick<ServiceCall, 'service' | 'operation' | 'input' | 'region'>,
) => Promise<CallAnswer>

interface Parts {
  readonly callAs: CallAs
  readonly sessions: Pick<Sessions<SessionStatement>, 'open'>
  readonly identities: Pick<Identities, 'sessionOwner'>
  readonly store: Pick<Store, 'read'>
  readonly nowMs: () => number
}

/** What STS answers of a session, as far as it is used here. */
interface Assumed {
  readonly Credentials: { readonly AccessKeyId: string; readonly SessionToken: string }
}

/** A session of a role is used again until so short before its end. Units: milliseconds. */
const renewBeforeMs = 300_000
const sessionsKept = 1_000

function serviceCaller({ principal, sourceArn }: ActingAs, account: AccountId): ServiceCaller {
  return { kind: 'service', service: principal, account, ...(sourceArn !== undefined && { sourceArn }) }
}

export function createCallAsService({ callAs, sessions, identities, store, nowMs }: Parts): CallAsService {
  const assumed = new Bounded<string, OpenedSession<SessionStatement>>(sessionsKept)

  async function asRole(
    { account, region }: ServiceCall,
    as: Extract<ActingAs, { kind: 'role' }>,
  ): Promise<{ readonly caller: SignedCaller } | Extract<CallAnswer, { ok: false }>> {
    const key = JSON.stringify([account, as.principal, as.sourceArn, as.roleArn, as.sessionName])
    const known = assumed.get(key)
    if (known !== undefined && known.statement.expiresAtMs - renewBeforeMs > nowMs()) {
      // Looked up each time: a role that is gone has no sessions.
      const caller = identities.sessionOwner(store.read, known.accessKeyId, known.statement)
      if (caller) return { caller }
    }
    const answer = await callAs(serviceCaller(as, account), {
      service: 'sts',
      operation: 'AssumeRole',
      input: { RoleArn: as.roleArn, RoleSessionName: as.sessionName },
      region,
    })
    if (!answer.ok) return answer
    const { Credentials } = answer.output as Assumed // STS's own answer.
    const session = sessions.open(Credentials.SessionToken, Credentials.AccessKeyId)
    const caller = session && identities.sessionOwner(store.read, session.accessKeyId, session.statement)
    if (!caller) return { ok: false, fault: new Fault('AccessDenied', `${as.roleArn} is gone`) }
    assumed.set(key, session)
    return { caller }
  }

  return async (call) => {
    const { as } = call
    if (as.kind === 'service') return callAs(serviceCaller(as, call.account), call)
    const role = await asRole(call, as)
    return 'caller' in role ? callAs(role.caller, call) : role
  }
}

import type { FrontDoor, Listener, ListenerRule, RuleAction, Target, TargetGroup } from '#core/front-door.ts'
import type { Attempt, Route } from '../door.ts'
import type { EdgeRequest, Header } from '../request.ts'
import type { AuthOutcome } from '../oidc/index.ts'
import type { Authenticate } from './authenticate.ts'
import { compileCondition, type Holds } from './conditions.ts'
import { incomingHeaders, outgoingHeaders } from './outgoing-head.ts'
import { redirectTo } from './redirect.ts'
import type { Stickiness } from './stickiness.ts'
import type { Random, TargetGroups } from './target-groups.ts'
import { compileTransforms, type Rewrite } from './transforms.ts'

/** What rules need when a request meets them. */
export interface Around {
  readonly groups: TargetGroups
  readonly stickiness: Stickiness
  readonly authenticate: Authenticate
  readonly random: Random
}

type Forward = Extract<RuleAction, { readonly type: 'forward' }>
type Actions = Route['actions']

interface CompiledRule {
  readonly rule: ListenerRule
  readonly conditions: readonly Holds[]
  readonly rewrite: Rewrite | undefined
}

/** A listener's rules, ready for requests: the first whose conditions all hold is carried out. */
export function compileRoutes(
  frontDoor: FrontDoor,
  listener: Listener,
  around: Around,
): (request: EdgeRequest) => Route | Promise<Route> {
  const compiled: readonly CompiledRule[] = listener.rules.map((rule) => ({
    rule,
    conditions: rule.conditions.map(compileCondition),
    rewrite: compileTransforms(rule.transforms),
  }))
  const hasLogin = listener.rules.some(({ actions }) =>
    actions.some(({ type }) => type === 'authenticate-oidc'),
  )
  return (request) => {
    const own = hasLogin ? around.authenticate.answerTo(request, { frontDoor, listener }) : undefined
    if (own) return own.then((outcome) => answered(fallback(listener), outcome))
    for (const { rule, conditions, rewrite } of compiled)
      if (conditions.every((holds) => holds(request)))
        return carryOut({ frontDoor, listener, around, rule, request, rewrite })
    return unrouted(listener)
  }
}

/** The answer where no rule can be carried out: a listener has a default rule; without one, nothing is let through. */
export function unrouted(listener: Listener): Route {
  const answer = { statusCode: 503, headers: [], body: '' }
  return { kind: 'answer', rule: fallback(listener), actions: [], answer }
}

/** The rule under which is recorded what no rule of the listener says. */
function fallback({ arn, rules }: Listener): ListenerRule {
  return rules.at(-1) ?? { arn, priority: 'default', conditions: [], actions: [], transforms: [] }
}

/** What an authentication answers in the place of a target. */
function answered(rule: ListenerRule, outcome: AuthOutcome): Route {
  if (outcome.kind === 'answer')
    return {
      kind: 'answer',
      rule,
      actions: ['authenticate'],
      answer: outcome.answer,
      errorReason: outcome.errorReason,
    }
  return {
    kind: 'answer',
    rule,
    actions: ['authenticate'],
    answer: { statusCode: 500, headers: [], body: '' },
  }
}

interface Given {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
  readonly around: Around
  readonly rule: ListenerRule
  readonly request: EdgeRequest
  readonly rewrite: Rewrite | undefined
}

function carryOut(given: Given): Route | Promise<Route> {
  const { rule, around, request, frontDoor } = given
  const authentication = rule.actions.find((action) => action.type === 'authenticate-oidc')
  if (authentication?.type !== 'authenticate-oidc') return lastAction(given, undefined)
  const { listener } = given
  const known = around.authenticate.authenticate(authentication, request, { frontDoor, listener })
  const then = (outcome: AuthOutcome): Route =>
    outcome.kind === 'pass' ? lastAction(given, outcome) : answered(rule, outcome)
  return known instanceof Promise ? known.then(then) : then(known)
}

/** A user who may pass, and what is known of them. */
type User = Extract<AuthOutcome, { readonly kind: 'pass' }>

function lastAction(given: Given, user: User | undefined): Route {
  const { rule, request, listener } = given
  const before: Actions = user === undefined ? [] : ['authenticate']
  const action = rule.actions.at(-1)
  switch (action?.type) {
    case 'forward':
      return new Forwarding(given, action, [...before, 'forward'], user)
    case 'redirect': {
      const { url, answer } = redirectTo(action, request, listener.port)
      return { kind: 'answer', rule, actions: [...before, 'redirect'], answer, redirectUrl: url }
    }
    case 'fixed-response': {
      const { statusCode, contentType = 'text/plain', body = '' } = action
      const headers: readonly Header[] = [['Content-Type', `${contentType}; charset=utf-8`]]
      return {
        kind: 'answer',
        rule,
        actions: [...before, 'fixed-response'],
        answer: { statusCode, headers, body },
      }
    }
    case 'authenticate-oidc':
    case undefined:
      return unrouted(listener)
  }
}

/** A request that goes to a target group; the group is chosen once, the target for each attempt. */
class Forwarding {
  readonly kind = 'forward'
  readonly rule: ListenerRule
  readonly actions: Actions
  readonly #given: Given
  readonly #action: Forward
  readonly #user: User | undefined
  #group: TargetGroup | undefined

  constructor(given: Given, action: Forward, actions: Actions, user: User | undefined) {
    this.rule = given.rule
    this.actions = actions
    this.#given = given
    this.#action = action
    this.#user = user
  }

  pick = (tried: ReadonlySet<Target>): Attempt | undefined => {
    const { groups, stickiness } = this.#given.around
    const { request } = this.#given
    const group = (this.#group ??= this.#chooseGroup())
    if (group === undefined) return undefined
    const stayed = tried.size === 0 ? stickiness.targetOf(request, group) : undefined
    const target =
      (stayed === undefined ? undefined : groups.find(group, stayed)) ?? groups.pick(group, tried)
    return target && new ForwardAttempt(this.#given, this.#action, this.#user, group, target)
  }

  #chooseGroup(): TargetGroup | undefined {
    const { groups, stickiness, random } = this.#given.around
    const { targetGroups } = this.#action
    const [only] = targetGroups
    if (targetGroups.length === 1 && only) return groups.get(only.arn)
    const stayed = stickiness.groupOf(this.#given.request, this.#action)
    const able = targetGroups.filter(({ weight }) => weight > 0)
    const kept = able.find(({ arn }) => arn === stayed)
    if (kept) return groups.get(kept.arn)
    let left = random() * able.reduce((sum, { weight }) => sum + weight, 0)
    const chosen = able.find(({ weight }) => (left -= weight) < 0)
    return chosen && groups.get(chosen.arn)
  }
}

class ForwardAttempt implements Attempt {
  readonly group: TargetGroup
  readonly target: Target
  readonly #given: Given
  readonly #action: Forward
  readonly #user: User | undefined

  constructor(given: Given, action: Forward, user: User | undefined, group: TargetGroup, target: Target) {
    this.#given = given
    this.#action = action
    this.#user = user
    this.group = group
    this.target = target
  }

  head({ inserted, traceId }: { readonly inserted: readonly Header[]; readonly traceId: string }) {
    const { rewrite, frontDoor, listener } = this.#given
    const request = rewrite ? rewrite(this.#given.request) : this.#given.request
    const all = this.#user === undefined ? inserted : [...inserted, ...this.#user.requestHeaders]
    return {
      method: request.method,
      target: request.query === undefined ? request.path : `${request.path}?${request.query}`,
      headers: outgoingHeaders(request, { frontDoor, listener, inserted: all, traceId }),
    }
  }

  answerHeaders(headers: readonly Header[]): readonly Header[] {
    const { around, listener, request } = this.#given
    const kept = incomingHeaders(headers, listener)
    const cookies = around.stickiness.cookiesFor(request, this.#action, this.group, this.target, headers)
    const renewed = this.#user?.answerHeaders ?? []
    return cookies.length === 0 && renewed.length === 0 ? kept : [...kept, ...cookies, ...renewed]
  }

  begin(): () => void {
    return this.#given.around.groups.begin(this.group, this.target)
  }
}

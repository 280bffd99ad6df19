import type { Arn } from '#core/arn.ts'
import type { RuleAction } from '#core/front-door.ts'
import { Missing } from '#core/resource.ts'
import type {
  Action,
  AuthenticateOidcActionConfig,
  ForwardActionConfig,
  RedirectActionConfig,
} from '#models/elbv2.d.ts'
import type { Elbv2Call } from './declare.ts'
import type { ListenerDocument, StoredAction } from './documents.ts'
import { faults } from './faults.ts'
import { findTargetGroup, loadBalancersUsing } from './find.ts'
import { quotas } from './quotas.ts'
import { sealedClientSecret } from './sealed.ts'

/** What the actions of a rule are read for. */
export interface ForRule {
  readonly ruleId: string
  readonly listener: Pick<ListenerDocument, 'loadBalancerArn' | 'protocol' | 'port'>
  /** The rule's actions before: a client's secret may be kept. */
  readonly before?: readonly StoredAction[] | undefined
}

/**
 * A rule's actions, checked and in their order: those that authenticate, then one that ends the request.
 * Faults: InvalidLoadBalancerAction; TargetGroupNotFound; TargetGroupAssociationLimit; ValidationError …
 */
export function readActions(
  call: Elbv2Call,
  given: readonly Action[],
  rule: ForRule,
): readonly StoredAction[] {
  if (given.length === 0) throw faults.validation('At least one action must be specified')
  const ordered = given.toSorted((one, other) => (one.Order ?? Infinity) - (other.Order ?? Infinity))
  if (given.length > 1 && given.some(({ Order }) => Order === undefined))
    throw faults.invalidAction('You must specify an order for each action')
  const actions = ordered.map((action) => readAction(call, action, rule))
  const last = actions.at(-1)
  const ending = actions.filter(({ type }) => type !== 'authenticate-oidc')
  if (ending.length > 1) throw faults.tooMany.actions()
  if (last === undefined || ending[0] !== last)
    throw faults.invalidAction('The last action must be a forward, redirect or fixed-response action')
  if (actions.length > 2) throw faults.tooMany.actions()
  if (actions.length > 1 && rule.listener.protocol !== 'HTTPS') throw faults.authenticationNeedsTls()
  return actions
}

function readAction(call: Elbv2Call, action: Action, rule: ForRule): StoredAction {
  switch (action.Type) {
    case 'forward':
      return readForward(call, action, rule)
    case 'redirect':
      return readRedirect(action.RedirectConfig, rule.listener)
    case 'fixed-response':
      return readFixedResponse(action)
    case 'authenticate-oidc':
      return readOidc(call, action.AuthenticateOidcConfig, rule)
    case 'authenticate-cognito':
    case 'jwt-validation':
      throw faults.invalidAction(`Actions of type '${action.Type}' are not supported`)
  }
}

/** Source: ELBv2 API Reference, TargetGroupStickinessConfig: 1 second to 7 days. */
const stickySecMax = 604_800

function readForward(
  call: Elbv2Call,
  { TargetGroupArn, ForwardConfig }: Action,
  { listener }: ForRule,
): StoredAction {
  const tuples = tuplesOf(TargetGroupArn, ForwardConfig)
  if (tuples.length > quotas.targetGroupsPerAction) throw faults.tooMany.uniqueTargetGroups()
  if (new Set(tuples.map(({ arn }) => arn)).size < tuples.length)
    throw faults.invalidAction('A target group stands twice in the action')
  for (const { arn, weight } of tuples) {
    if (weight < 0 || weight > 999) throw faults.validation(`The weight '${weight}' must be from 0 to 999`)
    const group = findTargetGroup(call, arn)
    if (group instanceof Missing) throw group.fault
    if (loadBalancersUsing(call, group.arn).some((user) => user !== listener.loadBalancerArn))
      throw faults.otherLoadBalancer(arn)
  }
  const sticky = ForwardConfig?.TargetGroupStickinessConfig
  if (sticky?.Enabled !== true) return { type: 'forward', targetGroups: tuples }
  const { DurationSeconds = 0 } = sticky
  if (DurationSeconds < 1 || DurationSeconds > stickySecMax)
    throw faults.validation(`The stickiness duration must be from 1 to ${stickySecMax} seconds`)
  return { type: 'forward', targetGroups: tuples, groupStickinessSec: DurationSeconds }
}

function tuplesOf(
  single: string | undefined,
  config: ForwardActionConfig | undefined,
): readonly { arn: Arn; weight: number }[] {
  const listed = config?.TargetGroups ?? []
  const alone = listed.length === 1 ? listed[0]?.TargetGroupArn : undefined
  if (single !== undefined && listed.length > 0 && alone !== single)
    throw faults.invalidAction(
      'The target group ARN and the forward configuration name different target groups',
    )
  const given = listed.length > 0 ? listed : single === undefined ? [] : [{ TargetGroupArn: single }]
  if (given.length === 0) throw faults.validation('A target group ARN must be specified')
  return given.map(
    ({
      TargetGroupArn = '',
      Weight = 1,
    }: {
      TargetGroupArn?: string | undefined
      Weight?: number | undefined
    }) => ({
      arn: TargetGroupArn as Arn, // Looked for right after.
      weight: Weight,
    }),
  )
}

const redirectForms = {
  Protocol: /^(?:HTTPS?|#\{protocol\})$/,
  Port: /^(?:\d{1,5}|#\{port\})$/,
  Host: /^(?:[A-Za-z0-9.-]|#\{host\}){1,128}$/,
  Path: /^\/(?:[A-Za-z0-9_\-.$/~"'@:+&()!,;=%*?]|#\{(?:host|path|port)\}){0,127}$/,
  Query: /^(?:[\x21\x23-\x7e]|#\{(?:host|path|port|query)\}){0,128}$/,
} as const

function readRedirect(config: RedirectActionConfig | undefined, listener: ForRule['listener']): StoredAction {
  if (config === undefined) throw faults.validation('A redirect configuration must be specified')
  const given = {
    Protocol: config.Protocol ?? '#{protocol}',
    Port: config.Port ?? '#{port}',
    Host: config.Host ?? '#{host}',
    Path: config.Path ?? '/#{path}',
    Query: config.Query ?? '#{query}',
  }
  for (const [name, form] of Object.entries(redirectForms)) {
    const value = given[name as keyof typeof given] // Both have the same names.
    if (!form.test(value))
      throw faults.invalidAction(`The ${name.toLowerCase()} '${value}' of the redirect is not valid`)
  }
  if (/^\d+$/.test(given.Port) && (Number(given.Port) < 1 || Number(given.Port) > 65_535))
    throw faults.invalidAction(`The port '${given.Port}' must be from 1 to 65535`)
  if (given.Protocol === 'HTTP' && listener.protocol === 'HTTPS')
    throw faults.invalidAction('Redirects from HTTPS to HTTP are not allowed')
  const same =
    (given.Protocol === '#{protocol}' || given.Protocol === listener.protocol) &&
    (given.Port === '#{port}' || given.Port === String(listener.port)) &&
    given.Host === '#{host}' &&
    given.Path === '/#{path}'
  if (same)
    throw faults.invalidAction(
      'The redirect would lead to where it came from: change protocol, port, host or path',
    )
  return {
    type: 'redirect',
    statusCode: config.StatusCode === 'HTTP_301' ? 301 : 302,
    protocol: given.Protocol,
    port: given.Port,
    host: given.Host,
    path: given.Path,
    query: given.Query,
  }
}

const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json']
const bodyBytesMax = 1024

function readFixedResponse({ FixedResponseConfig: config }: Action): StoredAction {
  if (config === undefined) throw faults.validation('A fixed response configuration must be specified')
  const { StatusCode, ContentType, MessageBody } = config
  if (!/^[245]\d{2}$/.test(StatusCode))
    throw faults.invalidAction(`The status code '${StatusCode}' must be 2XX, 4XX or 5XX`)
  if (ContentType !== undefined && ContentType !== '' && !contentTypes.includes(ContentType))
    throw faults.invalidAction(`The content type must be one of '[${contentTypes.join(', ')}]'`)
  if (Buffer.byteLength(MessageBody ?? '') > bodyBytesMax)
    throw faults.invalidAction(`The message body may have ${bodyBytesMax} bytes`)
  return {
    type: 'fixed-response',
    statusCode: Number(StatusCode),
    ...(ContentType && { contentType: ContentType }),
    ...(MessageBody && { body: MessageBody }),
  }
}

/** Source: RFC 6265, section 4.1.1: a token. The bound is our own. */
const cookieNameForm = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/

function readOidc(
  call: Elbv2Call,
  config: AuthenticateOidcActionConfig | undefined,
  { ruleId, before = [] }: ForRule,
): StoredAction {
  if (config === undefined) throw faults.validation('An OIDC configuration must be specified')
  for (const url of [
    config.Issuer,
    config.AuthorizationEndpoint,
    config.TokenEndpoint,
    config.UserInfoEndpoint,
  ])
    if (!/^https:\/\/[^\s#]+$/.test(url) || !URL.canParse(url))
      throw faults.invalidAction(`'${url}' must be an HTTPS URL`)
  const { SessionTimeout = 604_800, SessionCookieName = 'AWSELBAuthSessionCookie' } = config
  if (!cookieNameForm.test(SessionCookieName))
    throw faults.validation(`The session cookie name '${SessionCookieName}' is not valid`)
  if (SessionTimeout < 1 || SessionTimeout > 604_800)
    throw faults.validation('The session timeout must be from 1 to 604800 seconds')
  const extra = Object.entries(config.AuthenticationRequestExtraParams ?? {})
  if (extra.length > 10) throw faults.validation('There may be 10 extra parameters')
  const kept = before.find((action) => action.type === 'authenticate-oidc')
  const sealed =
    config.ClientSecret === undefined
      ? config.UseExistingClientSecret === true && kept?.type === 'authenticate-oidc'
        ? kept.sealedClientSecret
        : undefined
      : sealedClientSecret.seal(call.seal, ruleId, config.ClientSecret)
  if (sealed === undefined) throw faults.invalidAction('A client secret must be specified')
  return {
    type: 'authenticate-oidc',
    issuer: config.Issuer,
    authorizationEndpoint: config.AuthorizationEndpoint,
    tokenEndpoint: config.TokenEndpoint,
    userInfoEndpoint: config.UserInfoEndpoint,
    clientId: config.ClientId,
    sealedClientSecret: sealed,
    sessionCookieName: SessionCookieName,
    sessionTimeoutSec: SessionTimeout,
    scope: config.Scope ?? 'openid',
    extraParams: extra,
    onUnauthenticatedRequest: config.OnUnauthenticatedRequest ?? 'authenticate',
  }
}

/** Actions as answers show them; a client's secret never is. */
export function actionsShown(actions: readonly StoredAction[]): readonly Action[] {
  return actions.map((action, index) => ({
    ...actionShown(action),
    ...(actions.length > 1 && { Order: index + 1 }),
  }))
}

function actionShown(action: StoredAction): Action {
  switch (action.type) {
    case 'forward':
      return forwardShown(action)
    case 'redirect': {
      const { protocol, port, host, path, query, statusCode } = action
      return {
        Type: 'redirect',
        RedirectConfig: {
          Protocol: protocol,
          Port: port,
          Host: host,
          Path: path,
          Query: query,
          StatusCode: `HTTP_${statusCode}`,
        },
      }
    }
    case 'fixed-response':
      return {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: String(action.statusCode),
          ContentType: action.contentType,
          MessageBody: action.body,
        },
      }
    case 'authenticate-oidc':
      return {
        Type: 'authenticate-oidc',
        AuthenticateOidcConfig: {
          Issuer: action.issuer,
          AuthorizationEndpoint: action.authorizationEndpoint,
          TokenEndpoint: action.tokenEndpoint,
          UserInfoEndpoint: action.userInfoEndpoint,
          ClientId: action.clientId,
          SessionCookieName: action.sessionCookieName,
          SessionTimeout: action.sessionTimeoutSec,
          Scope: action.scope,
          OnUnauthenticatedRequest: action.onUnauthenticatedRequest,
          ...(action.extraParams.length > 0 && {
            AuthenticationRequestExtraParams: Object.fromEntries(action.extraParams),
          }),
        },
      }
  }
}

function forwardShown({
  targetGroups,
  groupStickinessSec,
}: Extract<RuleAction, { type: 'forward' }>): Action {
  const [only] = targetGroups
  return {
    Type: 'forward',
    ...(targetGroups.length === 1 && { TargetGroupArn: only?.arn }),
    ForwardConfig: {
      TargetGroups: targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig:
        groupStickinessSec === undefined
          ? { Enabled: false }
          : { Enabled: true, DurationSeconds: groupStickinessSec },
    },
  }
}

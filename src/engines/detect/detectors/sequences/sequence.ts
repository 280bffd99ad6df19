import type {
  Actor,
  Indicator,
  NetworkEndpoint,
  ResourceV2,
  Sequence,
  Signal as SequenceSignal,
} from '#models/guardduty.d.ts'
import { fingerprint } from '../../memory/fingerprint.ts'
import { tacticOf, type TracedSignal } from './trace.ts'

/** Source: GuardDuty API Reference, Sequence: at most ten actors and endpoints. */
const actorsMax = 10

/**
 * An attack as findings tell it: who, from where, what one after the other, and what shows it.
 * Source: GuardDuty API Reference, Sequence, Actor, NetworkEndpoint, Signal, Indicator.
 */
export function sequenceOf(
  signals: readonly TracedSignal[],
  { key, account, region }: { readonly key: string; readonly account: string; readonly region: string },
): Sequence {
  const ordered = signals.toSorted((a, b) => a.firstMs - b.firstMs)
  const first = ordered[0]
  return {
    Uid: uid(`${key} ${first?.firstMs ?? 0}`),
    Description: described(ordered),
    Actors: unique(
      ordered.filter(({ principal }) => principal !== ''),
      actorId,
    )
      .slice(0, actorsMax)
      .map((one) => actor(one, account)),
    Endpoints: unique(
      ordered.filter(({ address }) => address !== ''),
      endpointId,
    )
      .slice(0, actorsMax)
      .map(endpoint),
    Resources: unique(
      ordered.filter(({ resource }) => resource !== ''),
      resourceUid,
    ).map((one) => resource(one, account, region)),
    Signals: ordered.map(sequenceSignal),
    SequenceIndicators: indicators(ordered),
  }
}

function described(signals: readonly TracedSignal[]): string {
  const tactics = [...new Set(signals.map(({ type }) => tacticOf(type)))]
  return `${signals.length} signals of ${tactics.length} tactics: ${tactics.join(', ')}.`
}

/** Two halves of a number of 60 bits: an id that is the same whenever the same records come. */
function uid(text: string): string {
  const [high, low] = [fingerprint(text, 11), fingerprint(text, 12)]
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

const actorId = ({ principal, accessKeyId }: TracedSignal): string => uid(`actor ${principal} ${accessKeyId}`)
const endpointId = ({ address }: TracedSignal): string => uid(`endpoint ${address}`)
const isInstance = (name: string): boolean => name.startsWith('i-')
const resourceUid = ({ resource: name }: TracedSignal): string =>
  isInstance(name) ? name : `arn:aws:s3:::${name}`

function actor(one: TracedSignal, account: string): Actor {
  const { principal, userName, userType, accessKeyId } = one
  return {
    Id: actorId(one),
    User: {
      ...{ Name: userName, Uid: principal, Type: userType, Account: { Uid: account } },
      ...(accessKeyId !== '' && { CredentialUid: accessKeyId }),
    },
  }
}

function endpoint(one: TracedSignal): NetworkEndpoint {
  return { Id: endpointId(one), Ip: one.address }
}

function resource(one: TracedSignal, account: string, region: string): ResourceV2 {
  const ResourceType = isInstance(one.resource) ? 'EC2_INSTANCE' : 'S3_BUCKET'
  return { Uid: resourceUid(one), Name: one.resource, AccountId: account, ResourceType, Region: region }
}

function sequenceSignal(one: TracedSignal): SequenceSignal {
  const { type, key, api, severity, firstMs, lastMs, count } = one
  const [first, last] = [new Date(firstMs), new Date(lastMs)]
  return {
    ...{
      Uid: uid(`signal ${type} ${key} ${api} ${firstMs}`),
      Type: 'FINDING',
      Name: type,
      Severity: severity,
      Count: count,
    },
    ...{ CreatedAt: first, FirstSeenAt: first, UpdatedAt: last, LastSeenAt: last },
    ...(api !== '' && { Description: api }),
    ...(one.resource !== '' && { ResourceUids: [resourceUid(one)] }),
    ...(one.principal !== '' && { ActorIds: [actorId(one)] }),
    ...(one.address !== '' && { EndpointIds: [endpointId(one)] }),
    SignalIndicators: indicators([one]),
  }
}

/** Source: GuardDuty API Reference, Indicator, key. */
function indicators(signals: readonly TracedSignal[]): readonly Indicator[] {
  const texts = (of: (signal: TracedSignal) => string | undefined): readonly string[] =>
    [...new Set(signals.map(of).filter((text) => text !== undefined && text !== ''))] as readonly string[] // `undefined` is filtered out.
  const addressesOf = (part: string) =>
    texts(({ type, address }) => (type.includes(part) ? address : undefined))
  const all: readonly (readonly [Indicator['Key'], readonly string[]])[] = [
    ['ATTACK_TACTIC', texts(({ type }) => tacticOf(type))],
    ['HIGH_RISK_API', texts(({ api }) => api)],
    [
      'UNUSUAL_API_FOR_ACCOUNT',
      texts(({ type, api }) => (type.includes('/AnomalousBehavior') ? api : undefined)),
    ],
    ['MALICIOUS_IP', addressesOf('/MaliciousIPCaller')],
    ['TOR_IP', addressesOf('/Tor')],
    ['CRYPTOMINING_DOMAIN', texts(({ type }) => (type.startsWith('CryptoCurrency:') ? type : undefined))],
  ]
  return all.filter(([, Values]) => Values.length > 0).map(([Key, Values]) => ({ Key, Values }))
}

function unique(
  signals: readonly TracedSignal[],
  idOf: (signal: TracedSignal) => string,
): readonly TracedSignal[] {
  return [...new Map(signals.map((one) => [idOf(one), one])).values()]
}

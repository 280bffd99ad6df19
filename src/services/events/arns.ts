import { type AccountId, accountId, type Arn, arn, parseArn } from '#core/arn.ts'

/** Where things of EventBridge are. */
export interface Place {
  readonly partition: string
  readonly region: string
  readonly account: AccountId
}

/** An event bus, wherever it is. */
export interface BusPlace extends Place {
  readonly name: string
}

export const defaultBus = 'default'

/** `connection/name/uuid`: what stands in an ARN of EventBridge behind the account. Source: AWS service reference, events. */
export function eventsArn({ partition, region, account }: Place, resource: string): Arn {
  return arn({ partition, region, account, service: 'events', resource })
}

export function busArn(place: BusPlace): Arn {
  return eventsArn(place, `event-bus/${place.name}`)
}

/** A rule of the default bus does not name it. */
export function ruleArn(place: Place, bus: string, rule: string): Arn {
  return eventsArn(place, bus === defaultBus ? `rule/${rule}` : `rule/${bus}/${rule}`)
}

/** The bus that a name or an ARN means; undefined for an ARN of something else. */
export function readBus(here: Place, text: string = defaultBus): BusPlace | undefined {
  const { partition, region, account } = here
  if (!text.startsWith('arn:')) return { partition, region, account, name: text }
  const found = placeOf(text, 'event-bus')
  return found?.partition === partition ? found : undefined
}

/** Where the thing of a kind is that an ARN names, and its name (with all that follows the kind). */
export function placeOf(text: string, kind: string): BusPlace | undefined {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  if (parts?.service !== 'events' || !account || !parts.resource.startsWith(`${kind}/`)) return undefined
  const { partition, region, resource } = parts
  return { partition, region, account, name: resource.slice(kind.length + 1) }
}

/** The rule that an ARN names, with its bus. */
export function readRuleArn(
  text: string,
): (Place & { readonly bus: string; readonly rule: string }) | undefined {
  const found = placeOf(text, 'rule')
  if (!found) return undefined
  const slash = found.name.indexOf('/')
  return slash < 0
    ? { ...found, bus: defaultBus, rule: found.name }
    : { ...found, bus: found.name.slice(0, slash), rule: found.name.slice(slash + 1) }
}

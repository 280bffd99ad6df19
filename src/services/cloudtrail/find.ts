import { accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { Call } from '#core/call.ts'
import type { CloudTrailCall } from './declare.ts'
import { type TrailDocument, trails } from './documents.ts'
import { faults } from './faults.ts'

/** Source: AWS service reference, cloudtrail, trail. */
export function trailArn(
  { partition, region, account }: Pick<Call, 'partition' | 'region' | 'account'>,
  name: string,
): Arn {
  return arn({ partition, service: 'cloudtrail', region, account, resource: `trail/${name}` })
}

const nameForm = /^[A-Za-z0-9](?:[A-Za-z0-9]|[._-](?![._-])){1,126}[A-Za-z0-9]$/
const addressForm = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** Source: CloudTrail API Reference, CreateTrail, Name. Faults: InvalidTrailNameException. */
export function requireTrailName(name: string): void {
  if (name.length < 3 || name.length > 128)
    throw faults.trailName('Trail name must have between 3 and 128 characters.')
  if (!nameForm.test(name))
    throw faults.trailName(
      'Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_), no two of these in a row, and must start and end with a letter or number.',
    )
  if (addressForm.test(name)) throw faults.trailName('Trail name must not be in IP address format.')
}

/**
 * The trail that a name or an ARN means. A name means one of the call's Region; an ARN also one of another Region, if it logs in all.
 * Faults: InvalidTrailNameException; CloudTrailARNInvalidException.
 */
export function findTrail(call: CloudTrailCall, text: string): TrailDocument | Missing {
  if (text.startsWith('arn:')) return findTrailByArn(call, text)
  requireTrailName(text)
  const found = call.trails.get(text)
  return found ?? missing(call, trailArn(call, text))
}

/** Faults: CloudTrailARNInvalidException. */
export function findTrailByArn(call: Call, text: string): TrailDocument | Missing {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  const [, name] = /^trail\/(.+)$/.exec(parts?.resource ?? '') ?? []
  if (parts?.service !== 'cloudtrail' || parts.partition !== call.partition || !account || name === undefined)
    throw faults.trailArn(text)
  const { region } = parts
  if (!/^[a-z0-9-]{1,64}$/.test(region)) throw faults.trailArn(text)
  requireTrailName(name)
  const found = account === call.account ? call.tx.get(trails, { account, region }, name) : undefined
  const shows = found && (region === call.region || found.isMultiRegion)
  return shows ? found : missing(call, text as Arn) // parseArn read it.
}

function missing({ account }: Call, arn: Arn): Missing {
  return new Missing(arn, faults.noTrail(arn, account))
}

/** A trail is changed at home alone. Faults: InvalidHomeRegionException. */
export function requireHome(call: Call, { name, region }: TrailDocument): void {
  if (region !== call.region) throw faults.homeRegion(name, region)
}

/** The trails of the call's account in all Regions, by Region and name. */
export function trailsOfAccount(call: CloudTrailCall): readonly TrailDocument[] {
  return call.tx.findAnywhere(trails, 'account', call.account).map(({ document }) => document)
}

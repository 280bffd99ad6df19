import { detector } from '../../detector.ts'
import { eventNameOf } from '../../events.ts'
import { accountOf, apiCallSignal, isPerson, principalOf } from '../../findings/api-call.ts'
import { functionResource } from '../../findings/resources.ts'
import { digest } from '../../memory/digest.ts'
import { noteIn, type RecentSet } from '../../memory/recent-set.ts'
import { accountOfArn } from '../../reading/conditions.ts'
import { items, text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isByService, isDone, ownAccounts } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { functionOf } from './functions.ts'

const byOther = 'Persistence:Lambda/FunctionCodeChangedByOther'
const foreign = 'Persistence:Lambda/ForeignCodeAdded'

/** A function is deployed by few, and by the same ones for months. */
const deployers = { max: 8, windowMs: 180 * 86_400_000 } as const

/**
 * Accounts from which AWS and vendors publish layers for everyone.
 * Source: documentation of Powertools for AWS Lambda, Lambda Insights, ADOT, Parameters and Secrets extension; Datadog, New Relic, Sentry.
 */
const publishers: ReadonlySet<string> = new Set([
  ...['017000801446', '094274105915', '580247275435', '901920570463', '177933569100', '615299751070'],
  ...['464622532012', '451483290750', '943013980633'],
])

const back = undo(
  'See which versions there are, and let the alias point to the last good one, or deploy again.',
  'aws lambda list-versions-by-function --function-name {function} --region {region}',
)

/**
 * Other code runs with a function's rights: put there by somebody who never deployed it, or taken from a foreign account.
 * What people deploy by hand any of them may deploy: only what a program deployed so far is changed by another.
 * State: who deployed the function so far. Source: Lambda API Reference, UpdateFunctionCode, UpdateFunctionConfiguration, Layers.
 */
export const functionCode = detector({
  name: 'function-code',
  source: 'cloudTrail',
  events: [...['lambda:CreateFunction', 'lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration']],
  finds: {
    [byOther]: {
      severity: 5,
      title: 'The code of {function} was changed by {userName}, who never did so.',
      description: '{userName} called {api}: until now others deployed the function {function}.',
      remediation: back,
    },
    [foreign]: {
      severity: 6,
      title: 'The function {function} runs code of a foreign account.',
      description: '{userName} called {api}: {function} now runs {code} of the account {foreignAccount}.',
      remediation: back,
    },
  },
  remembers: {
    entityOf: (record) => `${accountOf(record)} ${record.awsRegion} ${functionOf(record)}`,
    fresh: () => ({ deployers: [] as RecentSet<number>, isByHand: false }),
  },
  see(record, { atMs, memory, surroundings }) {
    if (!isDone(record) || isByService(record) || !isOfCode(record)) return undefined
    const name = functionOf(record)
    const known = memory.deployers.length
    const first = eventNameOf(record) === 'CreateFunction' || known === 0
    const who = digest(principalOf(record))
    const isKnown = memory.deployers.some(([one]) => one === who)
    noteIn(memory.deployers, who, { atMs, ...deployers })
    const { isByHand } = memory
    memory.isByHand ||= isPerson(record)
    const said = { about: name, resource: functionResource(record, name) }
    const isOwn = ownAccounts(record, surroundings)
    const code = codeOf(record).find((one) => !isTrusted(ownerOf(one), isOwn))
    const values = { function: name }
    if (code !== undefined)
      return apiCallSignal(record, {
        ...{ type: foreign, ...said },
        values: { ...values, code, foreignAccount: ownerOf(code) ?? '' },
      })
    return first || isKnown || isByHand
      ? undefined
      : apiCallSignal(record, { type: byOther, ...said, values })
  },
})

/** A configuration is of code where it brings layers. */
function isOfCode(record: CloudTrailRecord): boolean {
  return (
    eventNameOf(record) !== 'UpdateFunctionConfiguration' ||
    items(record.requestParameters, 'layers').length > 0
  )
}

/** Layers by their ARN, an image by its registry. */
function codeOf({ requestParameters }: CloudTrailRecord): readonly string[] {
  const image = text(requestParameters, 'imageUri') ?? text(requestParameters, 'code', 'imageUri')
  const layers = items(requestParameters, 'layers').filter((one) => typeof one === 'string')
  return image === undefined ? layers : [...layers, image]
}

function ownerOf(code: string): string | undefined {
  return accountOfArn(code) ?? /^(\d{12})\.dkr\.ecr\./.exec(code)?.[1]
}

function isTrusted(owner: string | undefined, isOwn: (account: string) => boolean): boolean {
  return owner === undefined || isOwn(owner) || publishers.has(owner)
}

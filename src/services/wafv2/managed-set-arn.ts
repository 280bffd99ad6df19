import { arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Scope } from '#models/wafv2.d.ts'
import { placeOf } from './places.ts'

/** The ARN that a managed rule set of this name and id would have. Source: AWS service reference, wafv2. */
export function entityArnLike(
  call: Call,
  { Scope, Name, Id }: { readonly Scope: Scope; readonly Name: string; readonly Id: string },
) {
  const { account } = placeOf(call, Scope)
  const scope = Scope === 'CLOUDFRONT' ? 'global' : 'regional'
  return {
    arn: arn({
      partition: call.partition,
      service: 'wafv2',
      region: call.region,
      account,
      resource: `${scope}/managedruleset/${Name}/${Id}`,
    }),
  }
}

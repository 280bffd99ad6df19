import { accountOfArn } from '../../reading/conditions.ts'
import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Persistence:IAMUser/TrustAnchorCreated'

/**
 * Whoever has the key of a certificate authority has the roles that trust it. An authority of the own account is no stranger's.
 * Source: IAM Roles Anywhere API Reference, CreateTrustAnchor.
 */
export const trustAnchors = callDetector({
  name: 'trust-anchors',
  events: ['rolesanywhere:CreateTrustAnchor', 'rolesanywhere:UpdateTrustAnchor'],
  finds: {
    [type]: {
      severity: 7,
      title: 'A trust anchor was set up by {userName}: {anchor}.',
      description:
        '{userName} called {api}: holders of certificates of an outside authority can take roles through {anchor}.',
      remediation: undo(
        'Disable the trust anchor.',
        'aws rolesanywhere disable-trust-anchor --trust-anchor-id {anchorId} --region {region}',
      ),
    },
  },
  see({ requestParameters, responseElements }, isOwn) {
    const kind = text(requestParameters, 'source', 'sourceType')
    if (kind === undefined) return undefined // It was given another name only.
    const authority = text(requestParameters, 'source', 'sourceData', 'acmPcaArn')
    const owner = authority === undefined ? undefined : accountOfArn(authority)
    if (kind === 'AWS_ACM_PCA' && owner !== undefined && isOwn(owner)) return undefined
    const anchorId =
      text(requestParameters, 'trustAnchorId') ?? text(responseElements, 'trustAnchor', 'trustAnchorId')
    const anchor = text(requestParameters, 'name') ?? anchorId ?? ''
    return { type, about: anchor, values: { anchor, ...(anchorId !== undefined && { anchorId }) } }
  },
})

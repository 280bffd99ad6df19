import { sealedText } from '#core/seal/index.ts'

/** The secret with which a load balancer signs in to an identity provider; the owner is the id of its rule. */
export const sealedClientSecret = sealedText('elbv2-oidc-client-secret', (id) => id)

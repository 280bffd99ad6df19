import { isObject, malformed, type Members } from './answer.ts'
import { failed, type XksOutcome } from './outcome.ts'

/** Source: XKS Proxy API Specification, "GetHealthStatus". */
export interface Health {
  readonly xksProxyFleetSize: number
  readonly xksProxyVendor: string
  readonly xksProxyModel: string
  readonly ekmVendor: string
  readonly ekmFleetDetails: readonly KeyManager[]
}

export interface KeyManager {
  readonly id: string
  readonly model: string
  readonly healthStatus: 'ACTIVE' | 'DEGRADED' | 'UNAVAILABLE'
}

const keyManagersMax = 10

/** Takes a GetHealthStatus answer apart. */
export function readHealth({
  xksProxyFleetSize,
  xksProxyVendor,
  xksProxyModel,
  ekmVendor,
  ekmFleetDetails,
}: Members): XksOutcome<Health> {
  const fleet = Array.isArray(ekmFleetDetails) ? ekmFleetDetails.map(keyManager) : []
  if (
    !Number.isInteger(xksProxyFleetSize) ||
    typeof xksProxyFleetSize !== 'number' ||
    typeof xksProxyVendor !== 'string' ||
    typeof xksProxyModel !== 'string' ||
    typeof ekmVendor !== 'string' ||
    fleet.length === 0 ||
    fleet.length > keyManagersMax ||
    !fleet.every((one) => one !== undefined)
  ) {
    return malformed('a health report that lacks something')
  }
  if (fleet.every(({ healthStatus }) => healthStatus === 'UNAVAILABLE')) {
    return failed('KeyManagersUnavailable', 'every key manager is UNAVAILABLE')
  }
  return {
    ok: true,
    value: { xksProxyFleetSize, xksProxyVendor, xksProxyModel, ekmVendor, ekmFleetDetails: fleet },
  }
}

function keyManager(entry: unknown): KeyManager | undefined {
  const { id, model, healthStatus } = isObject(entry) ? entry : {}
  const known = healthStatus === 'ACTIVE' || healthStatus === 'DEGRADED' || healthStatus === 'UNAVAILABLE'
  return typeof id === 'string' && typeof model === 'string' && known
    ? { id, model, healthStatus }
    : undefined
}

import type { Scope } from './store/index.ts'
import { collection, type Reader, type Transaction } from './store/index.ts'

/** What a data directory was made for, once and for all, by its first start. */
export interface Deployment {
  /** The partition of all ARNs: policies name it, so it cannot change under them. */
  readonly partition: string
  /** Made with `--dev`: its credentials are known to everybody. */
  readonly dev: boolean
  readonly createdAtMs: number
}

const deployments = collection<Deployment>({ service: 'redoubt', type: 'deployment' })
const scope: Scope = { account: 'redoubt', region: 'global' }
const onlyId = 'deployment'

export function findDeployment(reader: Reader): Deployment | undefined {
  return reader.get(deployments, scope, onlyId)
}

export function putDeployment(tx: Transaction, deployment: Deployment): void {
  tx.put(deployments, scope, onlyId, deployment)
}

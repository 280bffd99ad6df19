import { accountId, type Arn, parseArn } from '#core/arn.ts'
import type { LogGroups } from '#core/log-delivery.ts'
import type { Reader } from '#core/store/index.ts'
import { groups } from './documents.ts'

/** The log groups as other services may know them. */
export const logGroups: LogGroups = {
  exists(reader: Reader, group: Arn) {
    const parts = parseArn(group)
    const account = parts && accountId(parts.account)
    const [, name] = /^log-group:([^:]+)$/.exec(parts?.resource ?? '') ?? []
    if (!account || name === undefined) return false
    return reader.get(groups, { account, region: parts.region }, name)?.arn === group
  },
}

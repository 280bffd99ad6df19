// The function that answers findings: it keeps addresses out, takes credentials away, and switches logging on again.
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { IAM } from '@aws-sdk/client-iam'
import { WAFV2 } from '@aws-sdk/client-wafv2'

const iam = new IAM({})
const cloudTrail = new CloudTrail({})
const wafv2 = new WAFV2({})
const blocked = { Name: process.env.IP_SET_NAME, Id: process.env.IP_SET_ID, Scope: 'REGIONAL' }

export async function handler({ detail }) {
  const { action } = detail.service
  const { connectionDirection, remoteIpDetails } = action.networkConnectionAction ?? {}
  const address = connectionDirection === 'INBOUND' ? remoteIpDetails?.ipAddressV4 : undefined
  if (address) return keepOut(address)
  const { accessKeyDetails } = detail.resource
  if (detail.type.startsWith('Stealth:IAMUser/CloudTrailLoggingDisabled')) await startLogging()
  if (accessKeyDetails?.userType === 'IAMUser') return deactivate(accessKeyDetails)
  if (accessKeyDetails?.userType === 'AssumedRole') return revokeSessions(accessKeyDetails.userName)
  return undefined
}

/** Several findings may come at once: whoever holds an old lock token reads again. */
async function keepOut(address) {
  for (let attempt = 0; ; attempt += 1) {
    const { IPSet, LockToken } = await wafv2.getIPSet(blocked)
    const block = `${address}/32`
    if (IPSet.Addresses.includes(block)) return
    try {
      await wafv2.updateIPSet({ ...blocked, LockToken, Addresses: [...IPSet.Addresses, block] })
      return
    } catch (error) {
      if (error.name !== 'WAFOptimisticLockException' || attempt === 5) throw error
    }
  }
}

async function startLogging() {
  const { trailList } = await cloudTrail.describeTrails({})
  for (const { Name } of trailList) {
    const { IsLogging } = await cloudTrail.getTrailStatus({ Name })
    if (!IsLogging) await cloudTrail.startLogging({ Name })
  }
}

function deactivate({ userName, accessKeyId }) {
  return iam.updateAccessKey({ UserName: userName, AccessKeyId: accessKeyId, Status: 'Inactive' })
}

/** Denies all that was issued before now. */
function revokeSessions(roleName) {
  return iam.putRolePolicy({
    RoleName: roleName,
    PolicyName: 'AWSRevokeOlderSessions',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date().toISOString() } },
        },
      ],
    }),
  })
}

import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { bucketResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import { stopCredentials } from '../remedies.ts'

const systems = { kali: 'KaliLinux', parrot: 'ParrotLinux', pentoo: 'PentooLinux' } as const
type System = keyof typeof systems

const tool = 'PenTest:IAMUser/AttackTool'

/** SDKs tell the kernel's release: `Linux/5.10.0-kali7-amd64`, `5.14.0-9parrot1-amd64`, `5.4.2-pentoo`. */
const systemIn = /(?<![a-z])(kali|parrot|pentoo)\d*(?![a-z])/i

/** Tools that say who they are. Source: their published source code. */
const toolIn =
  /(?<![a-z])(trufflehog|stratus-red-team|pacu|scout ?suite|cloudfox|weirdaal|enumerate-iam|nimbostratus|cloudsploit|sqlmap|nuclei|s3scanner|awsome-pentest)(?![a-z])/i

/** Nearly all agents have none of these in them, not even as a part of a word: they are asked only this. */
const perhaps =
  /kali|parrot|pento|truffle|stratus|pacu|scout|cloudfox|weirdaal|enumerate|nimbo|cloudspl|sqlmap|nuclei|s3scan|awsome/i

/** Source: CloudTrail User Guide, "CloudTrail record contents", userAgent. Units: characters. */
const userAgentMax = 1024

/** A call from a system made for breaking in. Source: GuardDuty User Guide, "GuardDuty IAM finding types", "S3 Protection finding types". */
export const attackTools = detector({
  name: 'attack-tools',
  source: 'cloudTrail',
  finds: {
    ...Object.fromEntries(
      Object.values(systems).flatMap((name) => [
        [`PenTest:IAMUser/${name}`, facts(name)],
        [`PenTest:S3/${name}`, facts(name)],
      ]),
    ),
    [tool]: facts('a tool for attacks'),
  },
  see(record) {
    const userAgent = (record.userAgent ?? '').slice(0, userAgentMax)
    if (!perhaps.test(userAgent)) return undefined
    const system = systemIn.exec(userAgent)?.[1]?.toLowerCase()
    if (system !== undefined) return ofSystem(record, systems[system as System]) // The expression has those only.
    const name = toolIn.exec(userAgent)?.[1]?.toLowerCase()
    return name === undefined
      ? undefined
      : apiCallSignal(record, { type: tool, about: name, values: { tool: name } })
  },
})

function ofSystem(record: CloudTrailRecord, system: string) {
  const bucket = text(record.requestParameters, 'bucketName')
  if (record.managementEvent === false && record.eventSource === 's3.amazonaws.com' && bucket !== undefined)
    return apiCallSignal(record, {
      ...{ type: `PenTest:S3/${system}`, about: bucket, values: { tool: system, bucket } },
      resource: bucketResource(record, bucket),
    })
  return apiCallSignal(record, { type: `PenTest:IAMUser/${system}`, values: { tool: system } })
}

function facts(name: string): FindingFacts {
  return {
    severity: 5,
    title: `{api} was called from ${name}.`,
    description: `{userName} called {api} of {service} from ${name}. If nobody tests your defences, somebody has your credentials.`,
    remediation: stopCredentials,
  }
}

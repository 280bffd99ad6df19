import { fingerprint } from '../../memory/fingerprint.ts'

/** A user agent says what it likes: so much of it is read, and no more. */
const readMax = 256
const systems = ['linux', 'macos', 'darwin', 'windows'] as const

/**
 * The family of a user agent: the tool and the system it runs on, without versions, so that an update is nothing new.
 * `aws-cli linux` of `aws-cli/2.15.30 … os/linux#5.15 …`; `terraform linux` of `APN/1.0 HashiCorp/1.0 Terraform/1.7.5 … os/linux …`.
 * Source: CloudTrail User Guide, "CloudTrail record contents", userAgent.
 */
function agentFamily(userAgent: string): string {
  const agent = userAgent.slice(0, readMax).toLowerCase()
  const tool = toolOf(agent)
  if (tool.startsWith('mozilla')) return 'browser'
  const system = systems.find((name) => agent.includes(name))
  return system === undefined ? tool : `${tool} ${system === 'darwin' ? 'macos' : system}`
}

/** The name before the first slash; partners' tools (`APN/1.0 HashiCorp/1.0 Terraform/…`) stand third. */
function toolOf(agent: string): string {
  if (agent.startsWith('apn/') && agent.includes(' terraform/')) return 'terraform'
  const start = agent.startsWith('[') ? 1 : 0
  let end = start
  while (end < agent.length && isOfName(agent.charCodeAt(end))) end += 1
  return agent.slice(start, end)
}

const [slash, space, bracket] = [47, 32, 93]
function isOfName(code: number): boolean {
  return code !== slash && code !== space && code !== bracket
}

const agentSalt = 2
const knownMax = 4096
const known = new Map<string, number>()

/** As what a user agent is remembered. Pure: what it keeps saves work only. */
export function agentId(userAgent: string): number {
  const before = known.get(userAgent)
  if (before !== undefined) return before
  const id = fingerprint(agentFamily(userAgent), agentSalt)
  if (known.size >= knownMax) known.clear()
  if (userAgent.length <= readMax) known.set(userAgent, id)
  return id
}

import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import type { Upstream } from './upstream.ts'

const dnsPort = 53

/** Reads `192.0.2.53`, `192.0.2.53:5300`, `2001:db8::53` or `[2001:db8::53]:5300`; undefined for anything else. */
export function parseUpstream(text: string): Upstream | undefined {
  if (isIP(text) !== 0) return { address: text, port: dnsPort }
  const found = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text)
  const address = found?.[1] ?? found?.[2] ?? ''
  const port = found?.[3] === undefined ? dnsPort : Number(found[3])
  if (isIP(address) === 0 || port < 1 || port > 65_535) return undefined
  return { address, port }
}

/** The resolvers of this machine, as its resolv.conf names them. */
export function systemUpstreams(): readonly Upstream[] {
  return getServers()
    .map(parseUpstream)
    .filter((upstream) => upstream !== undefined)
}

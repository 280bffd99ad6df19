/**
 * Source: AWS WAF Developer Guide, "Token domains and domain lists": without a list, a token is good for the host that it was given
 * for; with one, for every domain of it with all their subdomains.
 */
export function domainOfNewToken(host: string, tokenDomains: readonly string[]): string {
  let shortest = host
  for (const domain of tokenDomains)
    if (isWithin(host, domain) && domain.length < shortest.length) shortest = domain.toLowerCase()
  return shortest
}

/** Whether a token given for `domain` is good for a request to `host`. */
export function isGoodFor(domain: string, host: string, tokenDomains: readonly string[]): boolean {
  return domain === host || tokenDomains.some((listed) => isWithin(domain, listed))
}

function isWithin(host: string, domain: string): boolean {
  const lower = domain.toLowerCase()
  return host === lower || host.endsWith(`.${lower}`)
}

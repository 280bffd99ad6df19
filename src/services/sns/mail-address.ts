/**
 * Whether a text is one mail address and nothing else: no display name, no list, no quotes, no line break.
 * Source: RFC 5321, sections 4.1.2 and 4.5.3.1. Differs: addresses beyond ASCII, quoted names and addresses in brackets are refused.
 */
export function isMailAddress(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@')
  return (
    more.length === 0 &&
    text.length <= 254 &&
    local.length <= 64 &&
    /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/.test(local) &&
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i.test(domain)
  )
}

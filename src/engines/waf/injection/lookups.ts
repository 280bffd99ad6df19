/** Lookups nested deeper than this are an attack whatever they hold. */
const depthMax = 8

/**
 * Tells whether a text holds a lookup of Log4j's that fetches something (`${jndi:…}`), or hides its name in nested
 * lookups (`${${lower:j}ndi:…}`, `${${::-j}…}`).
 */
export function isLogLookup(text: string): boolean {
  if (!text.includes('${')) return false
  const stack: string[] = []
  let current = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '$' && text.charAt(at + 1) === '{') {
      if (stack.length >= depthMax) return true
      stack.push(current)
      current = ''
      at += 1
    } else if (character === '}' && stack.length > 0) {
      if (fetches(current)) return true
      const outer = stack.pop() ?? ''
      current = (outer + resolve(current)).slice(0, 200)
    } else if (stack.length > 0 && current.length < 200) current += character
  }
  // Loggers cut lines, and so may the sender.
  return fetches(current) || stack.some(fetches)
}

const schemes = ['ldap', 'ldaps', 'rmi', 'dns', 'iiop', 'corba', 'nis', 'http', 'nds']

/** Lookups that run, fetch or tell of the machine, of Log4j and of Commons Text. */
const telling = [
  'script:',
  'dns:',
  'url:',
  'java:',
  'sys:',
  'base64decoder:',
  'k8s:',
  'docker:',
  'bundle:',
  'jvmrunargs:',
  'log4j:',
]
/** Of the environment, what nobody shows; settings name the rest of it in the same way. */
const secrets = /^env:\w{0,40}(?:secret|passw|token|access_?key|credential)/

function fetches(lookup: string): boolean {
  const plain = lookup.toLowerCase().replaceAll(' ', '')
  if (telling.some((name) => plain.startsWith(name))) return true
  if (secrets.test(plain)) return true
  if (plain.startsWith('jndi:') || plain.includes('jndi:')) return true
  return (
    schemes.some((scheme) => plain.startsWith(`j${scheme}`)) || (plain.includes('ndi:') && plain.length < 60)
  )
}

/** What a lookup without effect becomes: its default, or its argument in lower or upper case. */
function resolve(lookup: string): string {
  const fallback = lookup.lastIndexOf(':-')
  if (fallback >= 0) return lookup.slice(fallback + 2)
  const colon = lookup.indexOf(':')
  return colon >= 0 ? lookup.slice(colon + 1) : ''
}

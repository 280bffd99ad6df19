import type { EdgeRequest } from './request.ts'

/** The values of a cookie, in the order received, at most `max`: a browser sends several where their domains or paths differ. */
export function cookieValues({ headers }: EdgeRequest, name: string, max: number): readonly string[] {
  const found: string[] = []
  const start = `${name}=`
  for (const [header, value] of headers) {
    if (header.length !== 6 || header.toLowerCase() !== 'cookie') continue
    for (const part of value.split(';')) {
      const pair = part.trim()
      if (!pair.startsWith(start)) continue
      found.push(pair.slice(start.length))
      if (found.length === max) return found
    }
  }
  return found
}

/** The first line of a header. */
export function headerValue({ headers }: EdgeRequest, lowerName: string): string | undefined {
  for (const [name, value] of headers)
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return value
  return undefined
}

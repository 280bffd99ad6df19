/**
 * Removes what a file system ignores: repeated slashes, `.` segments, and `..` with the segment before it where that is
 * not the path's start. A leading or trailing slash stays.
 * Source: ModSecurity reference, normalizePath.
 */
export function normalizePath(text: string): string {
  if (!/\/\/|(?:^|\/)\.\.?(?:\/|$)/.test(text)) return text
  const absolute = text.startsWith('/')
  const kept: string[] = []
  const segments = text.split('/')
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    // Above the root there is nothing; above a relative path's start there is something unknown, which stays.
    else if (!absolute) kept.push('..')
  }
  const directory = kept.length > 0 && text.endsWith('/')
  return `${absolute ? '/' : ''}${kept.join('/')}${directory ? '/' : ''}`
}

/** As NORMALIZE_PATH, after making every backslash a slash. Source: ModSecurity reference, normalizePathWin. */
export function normalizePathWin(text: string): string {
  return normalizePath(text.replaceAll('\\', '/'))
}

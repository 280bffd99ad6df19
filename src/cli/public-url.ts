/** Reads where the world reaches the API; undefined for what is no origin: a path, a query or credentials would be in every link. */
export function readPublicUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  return url && isWeb && url.href === `${url.origin}/` ? url.origin : undefined
}

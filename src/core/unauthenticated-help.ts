/** What an operator looks at, by the code of the refusal. The caller is told AWS's words alone. */
const help: ReadonlyMap<string, string> = new Map(
  Object.entries({
    InvalidClientTokenId:
      'no such access key or session here: does the client have credentials of another cloud, or of an earlier data directory?',
    SignatureDoesNotMatch:
      'is it the right secret, do the clocks agree within 15 minutes, and does no proxy change the Host header, the path or the body?',
    MissingAuthenticationToken: 'the client signs nothing: has it credentials at all?',
    ExpiredToken: 'the session has ended: the client has to get a new one',
  }),
)

/** What may be wrong with a client that could not be authenticated, where the code tells. */
export function helpFor(code: string): string | undefined {
  return help.get(code)
}

/** One block of PEM. */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`. */
  readonly label: string
  /** Whether lines of the old kind of encryption stand before its base64. */
  readonly hasHeaders: boolean
  /** The whole block, as it was given. */
  readonly text: string
}

// A body ends at two dashes: whoever repeats the first line a thousand times does not make it be read as often.
const block =
  /-----BEGIN (?<label>[A-Z0-9 ]{1,40})-----[ \t]*\r?\n(?<body>(?:[A-Za-z0-9+/=:, \t\r\n]|-(?!-))*)-----END \k<label>-----/g

/**
 * The blocks of a text in PEM, or undefined where anything but blocks and white space stands in it. Faults: none.
 * Source: RFC 7468, section 2. Differs: text between blocks, which that standard lets be ignored, is refused, as AWS does.
 */
export function pemBlocks(text: string): readonly PemBlock[] | undefined {
  const blocks: PemBlock[] = []
  let end = 0
  for (const match of text.matchAll(block)) {
    if (text.slice(end, match.index).trim() !== '') return undefined
    end = match.index + match[0].length
    const { label = '', body = '' } = match.groups ?? {}
    blocks.push({ label, hasHeaders: body.includes(':'), text: match[0] })
  }
  return text.slice(end).trim() === '' ? blocks : undefined
}

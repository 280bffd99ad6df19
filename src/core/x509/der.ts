/** One value in DER: its tag and the bytes of its content. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
}

/**
 * The values that follow one another in some bytes. For what a library has parsed already: of malformed bytes it gives the values
 * before the fault. Tags are of one byte, as all of X.509's are. Source: ITU-T X.690, section 8.1.
 */
export function derValues(bytes: Uint8Array): readonly DerValue[] {
  const values: DerValue[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const tag = bytes[at] ?? 0
    let length = bytes[at + 1] ?? 0
    at += 2
    if (length > 0x7f) {
      const lengthBytes = length & 0x7f
      if (lengthBytes > 4) return values
      length = 0
      for (const byte of bytes.subarray(at, at + lengthBytes)) length = length * 256 + byte
      at += lengthBytes
    }
    if (at + length > bytes.length) return values
    values.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return values
}

/** The content of the extension with this object identifier (its encoded bytes, in hexadecimal) of a certificate in DER. */
export function extensionOf(certificate: Uint8Array, oid: string): DerValue | undefined {
  const [outer] = derValues(certificate)
  const [signed] = derValues(outer?.content ?? empty)
  const wrapped = derValues(signed?.content ?? empty).find(({ tag }) => tag === 0xa3)
  const [list] = derValues(wrapped?.content ?? empty)
  for (const { content } of derValues(list?.content ?? empty)) {
    const parts = derValues(content)
    if (Buffer.from(parts[0]?.content ?? empty).toString('hex') !== oid) continue
    // The last part is an octet string that holds the extension's own value; between them may stand `critical`.
    return derValues(parts.at(-1)?.content ?? empty)[0]
  }
  return undefined
}

const empty = new Uint8Array()

/** Units: bytes; thirty make forty base64 characters, as AWS's secret access keys have. */
const secretBytes = 30

/** A new secret access key: 40 characters of base64's alphabet, 240 random bits. */
export function newSecretAccessKey(randomBytes: (length: number) => Uint8Array): string {
  return secretAccessKeyOf(randomBytes(secretBytes))
}

/** Writes the first thirty of at least thirty bytes as a secret access key. */
export function secretAccessKeyOf(bytes: Uint8Array): string {
  if (bytes.length < secretBytes) throw new RangeError('a secret access key takes thirty bytes')
  return Buffer.from(bytes.buffer, bytes.byteOffset, secretBytes).toString('base64')
}

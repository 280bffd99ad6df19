import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'

/**
 * Adds the PEM certificates of a file to those of earlier options. A file that holds none, or a broken one, is refused: it must not
 * pass for one that was heeded.
 */
export function collectCertificates(path: string, earlier: readonly string[]): readonly string[] {
  const text = textOf(path)
  const found = (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).filter(
    isCertificate,
  )
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1
  if (found.length === 0 || found.length < begun)
    throw new InvalidArgumentError('a file of PEM certificates is wanted.')
  return [...earlier, ...found]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError(`it cannot be read: ${String(error)}.`)
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false // It throws for one reason only: these bytes are no certificate.
  }
}

import { createPublicKey, type KeyObject, sign } from 'node:crypto'

interface Wish {
  readonly commonName: string
  readonly privateKey: KeyObject
  readonly serial: Buffer
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** A certificate of an RSA key, signed by itself, as PEM. Source: RFC 5280, section 4.1. */
export function selfSigned({ commonName, privateKey, serial, notBeforeMs, notAfterMs }: Wish): string {
  const algorithm = sequence(oid('2a864886f70d01010b'), der(0x05)) // sha256WithRSAEncryption
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))))
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(0x4d), serial),
    algorithm,
    name,
    sequence(time(notBeforeMs), time(notAfterMs)),
    name,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
  )
  const signature = sign('sha256', content, privateKey)
  const whole = sequence(content, algorithm, der(0x03, Buffer.of(0), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts)
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | bytes.length), bytes, content])
}

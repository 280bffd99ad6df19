/** A private key of an elliptic curve as RFC 5915 in RFC 5208 writes it, without the public key. */
export function ecPkcs8(curveOid: string, scalar: Buffer): Buffer {
  const algorithm = der(0x30, Buffer.from('06072a8648ce3d0201', 'hex'), Buffer.from(curveOid, 'hex'))
  const key = der(0x30, Buffer.from('020101', 'hex'), der(0x04, scalar))
  return der(0x30, Buffer.from('020100', 'hex'), algorithm, der(0x04, key))
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length = body.length < 0x80 ? [body.length] : [0x81, body.length]
  return Buffer.concat([Buffer.of(tag, ...length), body])
}

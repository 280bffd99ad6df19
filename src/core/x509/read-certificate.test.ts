// Goal: a certificate is taken only with its own key and a chain that leads on from it, and what is told of it is true.
// Method: certificates made for each row, right and wrong; the text that an attacker would repeat.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CertificateWish,
  type KeyType,
  makeCertificate,
  makeKeyPair,
  pem,
} from '../../../test/certificates.ts'
import { pemBlocks } from './pem.ts'
import { readCertificate } from './read-certificate.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const dayMs = 86_400_000
const valid = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + dayMs }
const leafWish: CertificateWish = {
  commonName: 'Example.com',
  dnsNames: ['example.com', '*.Example.com'],
  ...valid,
}
const root = makeCertificate({
  commonName: 'Root',
  isAuthority: true,
  keyUsages: [5],
  keyType: 'rsa-2048',
  ...valid,
})
const authority = makeCertificate({
  commonName: 'Authority',
  isAuthority: true,
  keyUsages: [5, 6],
  issuer: root,
  ...valid,
})
const leaf = makeCertificate({ ...leafWish, issuer: authority })
const own = makeCertificate(leafWish)

test('what a certificate says is told', () => {
  const made = makeCertificate({ ...leafWish, issuer: authority, keyUsages: [0, 2, 8], purposes: [1, 2, 20] })
  const read = readCertificate({ ...made, chain: authority.certificate + root.certificate }, nowMs)
  assert.ok(read.ok)
  const { facts, chain, privateKey, isSelfSigned } = read.value
  const { serial, ...rest } = facts
  assert.match(serial, /^4d(?::[0-9a-f]{2}){15}$/)
  assert.deepEqual(rest, {
    subject: 'CN=Example.com',
    issuer: 'Authority',
    notBeforeMs: Math.floor(valid.notBeforeMs / 1000) * 1000,
    notAfterMs: Math.floor(valid.notAfterMs / 1000) * 1000,
    domainName: 'example.com',
    names: ['example.com', '*.example.com'],
    key: 'EC_prime256v1',
    signatureAlgorithm: 'SHA256WITHECDSA',
    keyUsages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT', 'DECIPHER_ONLY'],
    extendedKeyUsages: [
      { name: 'TLS_WEB_SERVER_AUTHENTICATION', oid: '1.3.6.1.5.5.7.3.1' },
      { name: 'TLS_WEB_CLIENT_AUTHENTICATION', oid: '1.3.6.1.5.5.7.3.2' },
      { name: 'CUSTOM', oid: '1.3.6.1.5.5.7.3.20' },
    ],
  })
  assert.equal(pemBlocks(chain ?? '')?.length, 2)
  assert.equal(privateKey, made.privateKey)
  assert.equal(isSelfSigned, false)
})

test('names are read from the bytes, and only names of hosts', () => {
  const rows: readonly (readonly [title: string, wish: Partial<CertificateWish>, want: readonly string[]])[] =
    [
      ['the subject’s, where it is alone', {}, ['example.com']],
      ['those of the extension', { dnsNames: ['a.example', 'b.example'] }, ['a.example', 'b.example']],
      ['one that looks like two', { dnsNames: ['a.example, DNS:victim.example'] }, ['example.com']],
      ['one with a NUL', { dnsNames: ['victim.example\0.attacker.example'] }, ['example.com']],
      ['a wildcard in the middle', { dnsNames: ['a.*.example', 'c.example'] }, ['c.example']],
      ['a subject that is no host', { commonName: 'Example Corp.' }, []],
    ]
  for (const [title, wish, want] of rows) {
    const made = makeCertificate({ commonName: 'example.com', ...valid, ...wish })
    const read = readCertificate(made, nowMs)
    assert.ok(read.ok, title)
    assert.deepEqual(read.value.facts.names, want, title)
  }
  assert.equal(rows.length, 6)
})

test('keys of the kinds that certificates may have, and no others', () => {
  const rows: readonly (readonly [type: KeyType, want: string])[] = [
    ['rsa-1024', 'too-weak'],
    ['rsa-2048', 'RSA_2048'],
    ['rsa-2560', 'certificate-key'],
    ['p-256', 'EC_prime256v1'],
    ['p-384', 'EC_secp384r1'],
    ['p-521', 'EC_secp521r1'],
    ['secp256k1', 'certificate-key'],
    ['ed25519', 'certificate-key'],
  ]
  for (const [keyType, want] of rows) {
    const read = readCertificate(makeCertificate({ ...leafWish, keyType }), nowMs)
    assert.equal(read.ok ? read.value.facts.key : read.problem.kind, want, keyType)
    if (read.ok) assert.ok(read.value.isSelfSigned)
  }
  assert.equal(rows.length, 8)
})

test('keys in every form of PEM', () => {
  const ec = own.key.export({ format: 'pem', type: 'sec1' }).toString()
  const parameters = pem('EC PARAMETERS', Buffer.from('06082a8648ce3d030107', 'hex'))
  assert.ok(readCertificate({ ...own, privateKey: ec }, nowMs).ok)
  assert.ok(readCertificate({ ...own, privateKey: parameters + ec }, nowMs).ok)
  const rsa = makeCertificate({ ...leafWish, keyType: 'rsa-2048' })
  const pkcs1 = rsa.key.export({ format: 'pem', type: 'pkcs1' }).toString()
  const read = readCertificate({ ...rsa, privateKey: pkcs1.replaceAll('\n', '\r\n') }, nowMs)
  assert.ok(read.ok)
  assert.equal(read.value.privateKey, rsa.privateKey)
})

test('what does not fit is refused, and why is told', () => {
  const encrypted = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' } as const
  const oldRsa = makeKeyPair('rsa-2048')
    .privateKey.export({ ...encrypted, type: 'pkcs1' })
    .toString()
  const newKey = own.key.export({ ...encrypted, type: 'pkcs8' }).toString()
  const bad = (wish: Partial<CertificateWish>) =>
    makeCertificate({ commonName: 'Authority', isAuthority: true, issuer: root, ...valid, ...wish })
  const chained = (issuer: ReturnType<typeof bad>, ...more: string[]) => ({
    ...makeCertificate({ ...leafWish, issuer }),
    chain: [issuer.certificate, ...more].join(''),
  })
  const broken = leaf.certificate.replace(/\n(?=[^\n]*\n-)/, '\nAAAA')
  const rows: readonly (readonly [
    title: string,
    given: Parameters<typeof readCertificate>[0],
    want: string,
  ])[] = [
    ['no PEM', { ...own, certificate: 'hello' }, 'certificate-form'],
    ['text before it', { ...own, certificate: `hello\n${own.certificate}` }, 'certificate-form'],
    ['a key in its place', { ...own, certificate: own.privateKey }, 'certificate-form'],
    ['no DER', { ...own, certificate: pem('CERTIFICATE', Buffer.from('hello')) }, 'certificate-form'],
    ['changed bytes', { ...leaf, certificate: broken }, 'certificate-form'],
    ['two certificates', { ...own, certificate: own.certificate + root.certificate }, 'certificate-count'],
    ['not yet valid', makeCertificate({ ...leafWish, notBeforeMs: nowMs + 2000 }), 'not-yet-valid'],
    ['expired', makeCertificate({ ...leafWish, notAfterMs: nowMs - 2000 }), 'expired'],
    ['no key', { ...own, privateKey: '' }, 'key-form'],
    ['a certificate in the key’s place', { ...own, privateKey: own.certificate }, 'key-form'],
    ['two keys', { ...own, privateKey: own.privateKey + own.privateKey }, 'key-form'],
    ['no key within', { ...own, privateKey: pem('PRIVATE KEY', Buffer.from('hello')) }, 'key-form'],
    ['a passphrase', { ...own, privateKey: newKey }, 'key-encrypted'],
    ['a passphrase of the old kind', { ...own, privateKey: oldRsa }, 'key-encrypted'],
    ['another key of the kind', { ...own, privateKey: leaf.privateKey }, 'key-mismatch'],
    ['a key of another kind', { ...own, privateKey: root.privateKey }, 'key-mismatch'],
    ['a chain that is none', { ...leaf, chain: 'hello' }, 'chain-form'],
    ['a chain of nothing', { ...leaf, chain: ' ' }, 'chain-form'],
    ['a chain with a key', { ...leaf, chain: authority.certificate + authority.privateKey }, 'chain-form'],
    ['a long chain', { ...leaf, chain: authority.certificate.repeat(11) }, 'chain-form'],
    [
      'a chain that begins with the certificate',
      { ...leaf, chain: leaf.certificate + authority.certificate },
      'chain-order 0',
    ],
    ['a chain backwards', { ...leaf, chain: root.certificate + authority.certificate }, 'chain-order 0'],
    ['a chain that leaves one out', { ...leaf, chain: root.certificate }, 'chain-order 0'],
    ['a chain that goes on wrongly', { ...leaf, chain: authority.certificate.repeat(2) }, 'chain-order 1'],
    ['an issuer of the same name with another key', { ...leaf, chain: bad({}).certificate }, 'chain-order 0'],
    [
      'an issuer of another name with the same key',
      { ...leaf, chain: bad({ commonName: 'Other', key: authority.key }).certificate },
      'chain-order 0',
    ],
    ['a small key in the chain', chained(bad({ keyType: 'rsa-1024' })), 'too-weak'],
    ['an issuer that is no authority', chained(bad({ isAuthority: false })), 'chain-order 0'],
    [
      'an issuer that does not say so',
      chained(makeCertificate({ commonName: 'A', issuer: root, ...valid })),
      'chain-order 0',
    ],
    ['an issuer that may not sign certificates', chained(bad({ keyUsages: [0] })), 'chain-order 0'],
    ['an issuer that has expired', chained(bad({ notAfterMs: nowMs - 2000 })), 'chain-order 0'],
  ]
  let ran = 0
  for (const [title, given, want] of rows) {
    const read = readCertificate(given, nowMs)
    const { problem } = read.ok ? { problem: { kind: 'none' as const } } : read
    assert.equal('at' in problem ? `${problem.kind} ${problem.at}` : problem.kind, want, title)
    ran += 1
  }
  assert.equal(ran, 31)
  assert.ok(readCertificate({ ...leaf, chain: authority.certificate + root.certificate }, nowMs).ok)
  assert.ok(readCertificate({ ...leaf, chain: authority.certificate }, nowMs).ok, 'the root may be left out')
  assert.ok(readCertificate(leaf, nowMs).ok, 'whether a chain is needed is for the service to say')
})

test('a text that begins a block again and again is read once', () => {
  const repeated = '-----BEGIN CERTIFICATE-----\nAAAA\n'.repeat(60_000)
  assert.equal(pemBlocks(repeated), undefined)
  assert.equal(pemBlocks(`-----BEGIN A-----\n${'A-'.repeat(500_000)}`), undefined)
})

// Goal: what is imported is a certificate with its own key, is told truly, serves, and goes only when nothing uses it.
// Method: AWS's own client against the pipeline; rows of refusals; rows of users with one policy each.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import type { ACM, Filters } from '@aws-sdk/client-acm'
import type { Arn } from '#core/arn.ts'
import { acmCertificates } from './certificate-view.ts'
import { given, here, issue, type PolicyStatement, refusal, region, rig, startMs } from './rig.test.ts'

const root = issue({ commonName: 'Root', isAuthority: true, keyUsages: [5] })
const leafWish = { dnsNames: ['example.com', 'www.example.com'], keyUsages: [0], purposes: [1] }

test('a certificate is imported, shown, given out without its key, and found for listeners with it', async () => {
  const { admin, store, seal, listeners } = await rig()
  const leaf = issue({ ...leafWish, issuer: root })
  const { CertificateArn = '' } = await admin().importCertificate({
    ...given(leaf, root),
    Tags: [{ Key: 'team', Value: 'edge' }],
  })
  assert.match(CertificateArn, new RegExp(`^arn:aws:acm:${region}:${here}:certificate/[0-9a-f-]{36}$`))
  const user = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1' as Arn // Written out.
  listeners.set(CertificateArn, [user])
  const { Certificate } = await admin().describeCertificate({ CertificateArn })
  assert.deepEqual(Certificate, {
    CertificateArn,
    DomainName: 'example.com',
    SubjectAlternativeNames: ['example.com', 'www.example.com'],
    Serial: new X509Certificate(leaf.certificate).serialNumber.toLowerCase().match(/../g)?.join(':'),
    Subject: 'CN=example.com',
    Issuer: 'Root',
    CreatedAt: new Date(startMs),
    ImportedAt: new Date(startMs),
    Status: 'ISSUED',
    NotBefore: new X509Certificate(leaf.certificate).validFromDate,
    NotAfter: new X509Certificate(leaf.certificate).validToDate,
    KeyAlgorithm: 'EC_prime256v1',
    SignatureAlgorithm: 'SHA256WITHECDSA',
    InUseBy: [user],
    Type: 'IMPORTED',
    KeyUsages: [{ Name: 'DIGITAL_SIGNATURE' }],
    ExtendedKeyUsages: [{ Name: 'TLS_WEB_SERVER_AUTHENTICATION', OID: '1.3.6.1.5.5.7.3.1' }],
    RenewalEligibility: 'INELIGIBLE',
    Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
  })
  const got = await admin().getCertificate({ CertificateArn })
  assert.equal(got.Certificate, leaf.certificate)
  assert.equal(got.CertificateChain, root.certificate)
  assert.deepEqual(acmCertificates.open(store.read, seal, CertificateArn), {
    arn: CertificateArn,
    chain: leaf.certificate + root.certificate,
    privateKey: leaf.privateKey,
    names: ['example.com', 'www.example.com'],
  })
  const stored = JSON.stringify([...store.read.everything()])
  assert.ok(!stored.includes(leaf.privateKey.split('\n')[1] ?? ''), 'the key is stored sealed alone')
  for (const other of [
    CertificateArn.replace(here, '444455556666'),
    CertificateArn.replace(region, 'eu-west-1'),
    CertificateArn.replace('arn:aws:', 'arn:aws-cn:'),
    `${CertificateArn}0`,
  ])
    assert.equal(acmCertificates.find(store.read, other), undefined)

  assert.equal(
    await refusal(admin().deleteCertificate({ CertificateArn })),
    `ResourceInUseException: Certificate ${CertificateArn} in account ${here} is in use.`,
  )
  listeners.clear()
  await admin().deleteCertificate({ CertificateArn })
  assert.equal(
    await refusal(admin().describeCertificate({ CertificateArn })),
    `ResourceNotFoundException: Could not find certificate ${CertificateArn} in account ${here}.`,
  )
  assert.equal(acmCertificates.open(store.read, seal, CertificateArn), undefined)
})

test('a certificate takes the place of an earlier one', async () => {
  const { admin, store, seal, clock } = await rig()
  const { CertificateArn = '' } = await admin().importCertificate({
    ...given(issue(leafWish)),
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  clock.nowMs += 1000
  const next = issue({ ...leafWish, dnsNames: ['new.example'] })
  const again = await admin().importCertificate({ ...given(next), CertificateArn })
  assert.equal(again.CertificateArn, CertificateArn)
  const { Certificate } = await admin().describeCertificate({ CertificateArn })
  assert.deepEqual(
    [Certificate?.CreatedAt, Certificate?.ImportedAt],
    [new Date(startMs), new Date(startMs + 1000)],
  )
  assert.deepEqual(acmCertificates.open(store.read, seal, CertificateArn)?.names, ['new.example'])
  assert.equal(acmCertificates.open(store.read, seal, CertificateArn)?.privateKey, next.privateKey)
  assert.deepEqual((await admin().listTagsForCertificate({ CertificateArn })).Tags, [
    { Key: 'a', Value: 'b' },
  ])
  const before = await admin().getCertificate({ CertificateArn })
  const replace = (wish: Parameters<typeof issue>[0], more = {}) =>
    admin().importCertificate({ ...given(issue(wish)), CertificateArn, ...more })
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: RegExp])[] = [
    [
      'another kind of key',
      () => replace({ ...leafWish, keyType: 'p-384' }),
      /^ValidationException: .* size of the key must stay/,
    ],
    [
      'no names',
      () => replace({ keyUsages: [0], purposes: [1], commonName: 'Example Corp.' }),
      /a name must be left/,
    ],
    ['a usage less', () => replace({ ...leafWish, keyUsages: [2] }), /no key usage may be taken away/],
    [
      'a purpose less',
      () => replace({ ...leafWish, purposes: [] }),
      /no extended key usage may be taken away/,
    ],
    [
      'tags',
      () => replace(leafWish, { Tags: [{ Key: 'c', Value: 'd' }] }),
      /^ValidationException: Tagging is not permitted on re-import/,
    ],
  ]
  for (const [title, call, want] of rows) assert.match(await refusal(call()), want, title)
  assert.equal(rows.length, 5)
  assert.deepEqual((await admin().getCertificate({ CertificateArn })).Certificate, before.Certificate)
})

test('what cannot be is refused', async () => {
  const { admin, clock } = await rig()
  const acm = admin()
  const own = issue()
  const leaf = issue({ issuer: root })
  const missing = `arn:aws:acm:${region}:${here}:certificate/00000000-0000-4000-8000-000000000000`
  const put = (change: Partial<ReturnType<typeof given>>) =>
    acm.importCertificate({ ...given(own), ...change })
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: string | RegExp])[] = [
    [
      'no PEM',
      () => put({ Certificate: Buffer.from('hello') }),
      /^ValidationException: The certificate body is not in a valid PEM format/,
    ],
    [
      'two certificates',
      () => put({ Certificate: Buffer.from(own.certificate + leaf.certificate) }),
      /contains more than one certificate/,
    ],
    [
      'an unknown kind of key',
      () => acm.importCertificate(given(issue({ keyType: 'ed25519' }))),
      /^ValidationException: The algorithm or the size/,
    ],
    [
      'another key',
      () => put({ PrivateKey: Buffer.from(leaf.privateKey) }),
      'ValidationException: The private key does not match the certificate.',
    ],
    [
      'no key',
      () => put({ PrivateKey: Buffer.from('hello') }),
      'ValidationException: The private key is not supported.',
    ],
    [
      'a passphrase',
      () =>
        put({
          PrivateKey: Buffer.from(
            own.key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' }),
          ),
        }),
      /passphrase/,
    ],
    [
      'no chain, signed by another',
      () => acm.importCertificate(given(leaf)),
      /^ValidationException: Provided certificate is not a valid self signed/,
    ],
    [
      'another chain',
      () => acm.importCertificate(given(leaf, own)),
      'ValidationException: Could not validate the certificate with the certificate chain.',
    ],
    [
      'a chain that is none',
      () => put({ CertificateChain: Buffer.from('hello') }),
      /^ValidationException: The certificate chain is not/,
    ],
    [
      'expired',
      () => acm.importCertificate(given(issue({ notAfterMs: startMs - 2000 }))),
      /^ValidationException: The certificate expired at/,
    ],
    [
      'not yet valid',
      () => acm.importCertificate(given(issue({ notBeforeMs: startMs + 2000 }))),
      /^ValidationException: The certificate is not valid until/,
    ],
    [
      'too big',
      () => put({ Certificate: Buffer.alloc(32_769) }),
      /^ValidationException: 1 validation error detected/,
    ],
    [
      'a tag of AWS',
      () => acm.importCertificate({ ...given(own), Tags: [{ Key: 'aws:a', Value: 'b' }] }),
      /^InvalidTagException/,
    ],
    [
      'in the place of nothing',
      () => acm.importCertificate({ ...given(own), CertificateArn: missing }),
      `ResourceNotFoundException: Could not find certificate ${missing} in account ${here}.`,
    ],
    [
      'an ARN of something else',
      () => acm.describeCertificate({ CertificateArn: `arn:aws:acm:${region}:${here}:account/1` }),
      /^InvalidArnException/,
    ],
    [
      'one of another account',
      () => acm.getCertificate({ CertificateArn: missing.replace(here, '444455556666') }),
      /^AccessDeniedException/,
    ],
    [
      'one of another region',
      () => acm.getCertificate({ CertificateArn: missing.replace(region, 'eu-west-1') }),
      /^ResourceNotFoundException/,
    ],
    [
      'deleting nothing',
      () => acm.deleteCertificate({ CertificateArn: missing }),
      /^ResourceNotFoundException/,
    ],
    [
      'a token of another make',
      () => acm.listCertificates({ NextToken: 'abc' }),
      /^ValidationException: The NextToken is not valid/,
    ],
    ['half of an order', () => acm.listCertificates({ SortBy: 'CREATED_AT' }), /^ValidationException/],
    ['asking for one', () => acm.requestCertificate({ DomainName: 'example.com' }), /^NotImplemented/],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 21)
  const { CertificateArn = '' } = await acm.importCertificate(given(own))
  const elsewhere = acm.getCertificate({ CertificateArn: CertificateArn.replace(region, 'eu-west-1') })
  assert.match(await refusal(elsewhere), /^ResourceNotFoundException/, 'an ARN of another region')
  clock.nowMs += 2 * 86_400_000
  const { Certificate } = await admin().describeCertificate({ CertificateArn })
  assert.equal(Certificate?.Status, 'EXPIRED', 'what was imported expires')
})

test('lists are narrowed, sorted and paged; without a filter they show RSA keys with a domain alone', async () => {
  const { admin, clock } = await rig()
  const acm = admin()
  const made: string[] = []
  const keep = async (wish: Parameters<typeof issue>[0]) => {
    const { CertificateArn = '' } = await acm.importCertificate(given(issue(wish)))
    made.push(CertificateArn)
    clock.nowMs += 1
  }
  for (let each = 0; each < 4; each++) await keep({})
  await keep({ keyType: 'rsa-2048', keyUsages: [0, 2] })
  const all = { keyTypes: ['EC_prime256v1' as const, 'RSA_2048' as const] }
  assert.deepEqual(
    (await acm.listCertificates({})).CertificateSummaryList?.map(({ CertificateArn }) => CertificateArn),
    made.slice(4),
  )
  const { CertificateArn: nameless = '' } = await acm.importCertificate(
    given(issue({ keyType: 'rsa-2048', commonName: 'Example Corp.' })),
  )
  const shown = async (Includes?: Filters) =>
    (await acm.listCertificates({ Includes })).CertificateSummaryList?.map(
      ({ CertificateArn }) => CertificateArn,
    )
  assert.deepEqual(await shown(), made.slice(4))
  assert.ok((await shown({ keyTypes: ['RSA_2048'] }))?.includes(nameless), 'a filter of key types shows it')
  await acm.deleteCertificate({ CertificateArn: nameless })
  const narrowed = await acm.listCertificates({ Includes: { ...all, keyUsage: ['KEY_ENCIPHERMENT'] } })
  assert.equal(narrowed.CertificateSummaryList?.length, 1)
  assert.equal(
    (await acm.listCertificates({ Includes: all, CertificateStatuses: ['EXPIRED'] })).CertificateSummaryList
      ?.length,
    0,
  )
  for (const SortOrder of ['ASCENDING', 'DESCENDING'] as const) {
    const seen: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page = await acm.listCertificates({
        Includes: all,
        MaxItems: 2,
        SortBy: 'CREATED_AT',
        SortOrder,
        ...(NextToken !== undefined && { NextToken }),
      })
      seen.push(...(page.CertificateSummaryList ?? []).map(({ CertificateArn }) => CertificateArn))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    assert.deepEqual(seen, SortOrder === 'ASCENDING' ? made : made.toReversed())
  }
  assert.deepEqual(
    (await admin('eu-west-1').listCertificates({ Includes: all })).CertificateSummaryList,
    [],
    'a region has its own',
  )
})

test('tags are set, listed and removed by key or with their value', async () => {
  const { admin } = await rig()
  const acm = admin()
  const { CertificateArn } = await acm.importCertificate(given(issue()))
  await acm.addTagsToCertificate({
    CertificateArn,
    Tags: [{ Key: 'b', Value: '2' }, { Key: 'a', Value: '1' }, { Key: 'c' }],
  })
  await acm.removeTagsFromCertificate({ CertificateArn, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'c' }] })
  const { Tags } = await acm.listTagsForCertificate({ CertificateArn })
  assert.deepEqual(Tags, [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ])
  const many = Array.from({ length: 49 }, (_, at) => ({ Key: `k${at}`, Value: '' }))
  assert.match(
    await refusal(acm.addTagsToCertificate({ CertificateArn, Tags: many })),
    /^TooManyTagsException/,
  )
  const twice = [{ Key: 'z' }, { Key: 'z' }]
  assert.match(
    await refusal(acm.addTagsToCertificate({ CertificateArn, Tags: twice })),
    /^InvalidTagException/,
  )
})

test('policies decide by ARN and by tags', async () => {
  const { admin, user } = await rig()
  const own = issue()
  const { CertificateArn = '' } = await admin().importCertificate({
    ...given(own),
    Tags: [{ Key: 'team', Value: 'edge' }],
  })
  const { CertificateArn: other = '' } = await admin().importCertificate(given(own))
  const allow = (
    Action: string | string[],
    Resource = '*',
    Condition?: PolicyStatement['Condition'],
  ): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })
  const edge = { StringEquals: { 'aws:ResourceTag/team': 'edge' } }
  const asked = { StringEquals: { 'aws:RequestTag/team': 'edge' } }
  const tags = { Tags: [{ Key: 'team', Value: 'edge' }] }
  const denied = /^AccessDeniedException/
  const fine = /^no refusal$/
  const rows: readonly (readonly [
    title: string,
    statement: PolicyStatement,
    call: (acm: ACM) => Promise<unknown>,
    want: RegExp,
  ])[] = [
    ['one by its ARN', allow('acm:*', CertificateArn), (acm) => acm.getCertificate({ CertificateArn }), fine],
    [
      'another',
      allow('acm:*', CertificateArn),
      (acm) => acm.getCertificate({ CertificateArn: other }),
      denied,
    ],
    ['one by its tag', allow('acm:*', '*', edge), (acm) => acm.describeCertificate({ CertificateArn }), fine],
    [
      'one without the tag',
      allow('acm:*', '*', edge),
      (acm) => acm.deleteCertificate({ CertificateArn: other }),
      denied,
    ],
    [
      'importing without tags',
      allow('acm:ImportCertificate'),
      (acm) => acm.importCertificate(given(own)),
      fine,
    ],
    [
      'importing with tags, without leave to tag',
      allow('acm:ImportCertificate'),
      (acm) => acm.importCertificate({ ...given(own), ...tags }),
      denied,
    ],
    [
      'importing with the tag that is asked for',
      allow(['acm:ImportCertificate', 'acm:AddTagsToCertificate'], '*', asked),
      (acm) => acm.importCertificate({ ...given(own), ...tags }),
      fine,
    ],
    [
      'importing without it',
      allow(['acm:ImportCertificate'], '*', asked),
      (acm) => acm.importCertificate(given(own)),
      denied,
    ],
    [
      'replacing another',
      allow('acm:ImportCertificate', CertificateArn),
      (acm) => acm.importCertificate({ ...given(own), CertificateArn: other }),
      denied,
    ],
    ['lists', allow('acm:ListCertificates'), (acm) => acm.listCertificates({}), fine],
    [
      'what is not there, without leave',
      allow('acm:*', CertificateArn),
      (acm) => acm.getCertificate({ CertificateArn: `${other}0` }),
      denied,
    ],
  ]
  let ran = 0
  for (const [title, statement, call, want] of rows) {
    assert.match(await refusal(call(await user(`user${ran}`, statement))), want, title)
    ran += 1
  }
  assert.equal(ran, 11)
})

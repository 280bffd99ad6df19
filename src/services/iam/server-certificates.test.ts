// Goal: server certificates are taken with their own key alone, named as IAM names things, and kept while something serves with them.
// Method: AWS's own client against the pipeline (rig.test.ts); rows of refusals; rows of users with one policy each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IAM } from '@aws-sdk/client-iam'
import type { Arn } from '#core/arn.ts'
import { createSeal, rootKeyOf } from '#core/seal/index.ts'
import { type CertificateWish, type Issued, makeCertificate } from '../../../test/certificates.ts'
import { iamCertificates } from './certificate-view.ts'
import { account, foundedAtMs, pages, refusal, rig } from './rig.test.ts'

const dayMs = 86_400_000
const issue = (wish: Partial<CertificateWish> = {}) =>
  makeCertificate({
    commonName: 'example.com',
    notBeforeMs: foundedAtMs - dayMs,
    notAfterMs: foundedAtMs + dayMs,
    ...wish,
  })
const root = issue({ commonName: 'Root', isAuthority: true, keyUsages: [5] })
const leaf = issue({ issuer: root })
const given = ({ certificate, privateKey }: Issued, ServerCertificateName = 'web') => ({
  ServerCertificateName,
  CertificateBody: certificate,
  PrivateKey: privateKey,
})
const arnOf = (name: string) => `arn:aws:iam::${account}:server-certificate${name}`

test('server certificates: one is uploaded, shown without its key, renamed, tagged and deleted', async () => {
  const { admin, store } = await rig()
  const made = await admin.uploadServerCertificate({
    ...given(leaf, 'Web'),
    CertificateChain: root.certificate,
    Path: '/cloudfront/',
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  const metadata = made.ServerCertificateMetadata
  assert.match(metadata?.ServerCertificateId ?? '', /^ASCA[A-Z2-7]{17}$/)
  assert.deepEqual(metadata, {
    Path: '/cloudfront/',
    ServerCertificateName: 'Web',
    ServerCertificateId: metadata?.ServerCertificateId,
    Arn: arnOf('/cloudfront/Web'),
    UploadDate: new Date(foundedAtMs),
    Expiration: new Date(Math.floor((foundedAtMs + dayMs) / 1000) * 1000),
  })
  const { ServerCertificate } = await admin.getServerCertificate({ ServerCertificateName: 'web' })
  assert.deepEqual(ServerCertificate, {
    ServerCertificateMetadata: metadata,
    CertificateBody: leaf.certificate.trimEnd(),
    CertificateChain: root.certificate.trimEnd(),
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  await admin.updateServerCertificate({
    ServerCertificateName: 'web',
    NewServerCertificateName: 'api',
    NewPath: '/',
  })
  // The rig's root key: what is sealed for the certificate's id opens whatever its name became.
  const seal = createSeal({
    current: rootKeyOf(Buffer.alloc(32, 9)),
    randomBytes: () => assert.fail('nothing is sealed here'),
  })
  assert.deepEqual(iamCertificates.open(store.read, seal, arnOf('/api')), {
    arn: arnOf('/api'),
    chain: leaf.certificate + root.certificate,
    privateKey: leaf.privateKey,
    names: ['example.com'],
  })
  for (const other of [
    arnOf('/cloudfront/Web'),
    arnOf('/cloudfront/api'),
    arnOf('/API'),
    arnOf('/'),
    `arn:aws:iam::${account}:user/api`,
  ])
    assert.equal(iamCertificates.find(store.read, other), undefined, other)
  const stored = JSON.stringify([...store.read.everything()])
  assert.ok(!stored.includes(leaf.privateKey.split('\n')[1] ?? ''), 'the key is stored sealed alone')

  await admin.tagServerCertificate({ ServerCertificateName: 'api', Tags: [{ Key: 'K', Value: 'w' }] })
  await admin.untagServerCertificate({ ServerCertificateName: 'api', TagKeys: ['k'] })
  const { Tags } = await admin.listServerCertificateTags({ ServerCertificateName: 'api' })
  assert.deepEqual(Tags, [{ Key: 'K', Value: 'w' }])
  const { SummaryMap } = await admin.getAccountSummary({})
  assert.deepEqual([SummaryMap?.['ServerCertificates'], SummaryMap?.['ServerCertificatesQuota']], [1, 20])
  await admin.deleteServerCertificate({ ServerCertificateName: 'api' })
  assert.deepEqual((await admin.listServerCertificates({})).ServerCertificateMetadataList, [])
})

test('server certificates: lists are narrowed by path and paged', async () => {
  const { admin } = await rig()
  for (const name of ['a', 'b', 'c'])
    await admin.uploadServerCertificate({ ...given(leaf, name), Path: name === 'b' ? '/other/' : '/p/' })
  const shown = await pages(
    1,
    (page) => admin.listServerCertificates({ ...page, PathPrefix: '/p/' }),
    (answer) => answer.ServerCertificateMetadataList,
  )
  assert.deepEqual(
    shown.map((page) => page.map(({ ServerCertificateName }) => ServerCertificateName)),
    [['a'], ['c']],
  )
})

test('server certificates: what cannot be is refused', async () => {
  const listener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1' as Arn // Written out.
  const { admin } = await rig('aws', {
    usersOf: (_, arn) => (arn === arnOf('/used') ? [listener] : []),
  })
  await admin.uploadServerCertificate(given(leaf, 'used'))
  const { ServerCertificate } = await admin.getServerCertificate({ ServerCertificateName: 'used' })
  const id = ServerCertificate?.ServerCertificateMetadata?.ServerCertificateId
  const upload = (change: Partial<ReturnType<typeof given>> & { CertificateChain?: string; Path?: string }) =>
    admin.uploadServerCertificate({ ...given(leaf), ...change })
  const ServerCertificateName = 'Nothing'
  const absent = 'NoSuchEntityException: The Server Certificate with name Nothing cannot be found.'
  const malformed = (words: string) => new RegExp(`^MalformedCertificateException: ${words}`)
  const encrypted = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' } as const
  const rows: readonly (readonly [title: string, call: () => Promise<unknown>, want: string | RegExp])[] = [
    [
      'no PEM',
      () => upload({ CertificateBody: 'hello' }),
      malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.'),
    ],
    [
      'two certificates',
      () => upload({ CertificateBody: leaf.certificate + root.certificate }),
      malformed('The certificate body holds more than one'),
    ],
    [
      'an unknown kind of key',
      () => upload(given(issue({ keyType: 'ed25519' }))),
      malformed('The kind or the size'),
    ],
    ['no key', () => upload({ PrivateKey: 'hello' }), malformed('Private Key not in PEM format.')],
    [
      'a passphrase',
      () => upload({ PrivateKey: leaf.key.export(encrypted).toString() }),
      malformed('The private key is protected'),
    ],
    ['another key', () => upload({ PrivateKey: root.privateKey }), /^KeyPairMismatchException/],
    [
      'no chain within',
      () => upload({ CertificateChain: 'hello' }),
      malformed('Unable to parse the certificate chain'),
    ],
    [
      'a chain from elsewhere',
      () => upload({ CertificateChain: root.certificate + leaf.certificate }),
      malformed('Unable to validate certificate chain.*: 1$'),
    ],
    [
      'expired',
      () => upload(given(issue({ notAfterMs: foundedAtMs - 2000 }))),
      malformed('The certificate has expired'),
    ],
    [
      'not yet valid',
      () => upload(given(issue({ notBeforeMs: foundedAtMs + 2000 }))),
      malformed('The certificate is not valid yet'),
    ],
    [
      'a name that is taken in any case',
      () => upload({ ServerCertificateName: 'USED' }),
      'EntityAlreadyExistsException: The Server Certificate with name USED already exists.',
    ],
    ['a path without slashes', () => upload({ Path: 'p' }), /^ValidationError/],
    [
      'deleting what serves',
      () => admin.deleteServerCertificate({ ServerCertificateName: 'used' }),
      `DeleteConflictException: Certificate: ${id} is currently in use by ${listener}. Please remove it first before deleting it from IAM.`,
    ],
    [
      'renaming what serves',
      () =>
        admin.updateServerCertificate({ ServerCertificateName: 'used', NewServerCertificateName: 'other' }),
      /^EntityTemporarilyUnmodifiableException/,
    ],
    [
      'moving what serves',
      () => admin.updateServerCertificate({ ServerCertificateName: 'used', NewPath: '/p/' }),
      /^EntityTemporarilyUnmodifiableException/,
    ],
    ['none to show', () => admin.getServerCertificate({ ServerCertificateName }), absent],
    [
      'none to rename',
      () => admin.updateServerCertificate({ ServerCertificateName, NewPath: '/p/' }),
      absent,
    ],
    ['none to delete', () => admin.deleteServerCertificate({ ServerCertificateName }), absent],
    ['none to tag', () => admin.tagServerCertificate({ ServerCertificateName, Tags: [] }), absent],
    ['none to untag', () => admin.untagServerCertificate({ ServerCertificateName, TagKeys: [] }), absent],
    ['none whose tags to list', () => admin.listServerCertificateTags({ ServerCertificateName }), absent],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 21)
  await admin.updateServerCertificate({ ServerCertificateName: 'used', NewServerCertificateName: 'used' })
  for (let made = 1; made < 20; made++) await upload({ ServerCertificateName: `c${made}` })
  assert.equal(
    await refusal(upload({ ServerCertificateName: 'more' })),
    'LimitExceededException: Cannot exceed quota for ServerCertificatesPerAccount: 20',
  )
  assert.match(
    await refusal(
      admin.updateServerCertificate({ ServerCertificateName: 'c1', NewServerCertificateName: 'C2' }),
    ),
    /^EntityAlreadyExistsException/,
  )
})

test('server certificates: policies decide by ARN and by tags', async () => {
  const { admin, user } = await rig()
  await admin.uploadServerCertificate({
    ...given(leaf, 'ours'),
    Path: '/p/',
    Tags: [{ Key: 'team', Value: 'edge' }],
  })
  await admin.uploadServerCertificate(given(leaf, 'theirs'))
  type Statement = Parameters<typeof user>[1]
  const allow = (
    Action: string | string[],
    Resource: string,
    Condition?: Statement['Condition'],
  ): Statement => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) })
  const denied = /^AccessDenied: User: arn:aws:iam::123456789012:user\/\S+ is not authorized to perform: iam:/
  const fine = /^no refusal$/
  const tags = { Tags: [{ Key: 'team', Value: 'edge' }] }
  const edge = { StringEquals: { 'aws:ResourceTag/team': 'edge' } }
  const rename = { ServerCertificateName: 'ours', NewServerCertificateName: 'mine' }
  const rows: readonly (readonly [
    title: string,
    statement: Statement,
    call: (iam: IAM) => Promise<unknown>,
    want: RegExp,
  ])[] = [
    [
      'one by its ARN',
      allow('iam:*', arnOf('/p/ours')),
      (iam) => iam.getServerCertificate({ ServerCertificateName: 'ours' }),
      fine,
    ],
    [
      'another',
      allow('iam:*', arnOf('/p/ours')),
      (iam) => iam.getServerCertificate({ ServerCertificateName: 'theirs' }),
      denied,
    ],
    [
      'one by its tag',
      allow('iam:*', '*', edge),
      (iam) => iam.listServerCertificateTags({ ServerCertificateName: 'ours' }),
      fine,
    ],
    [
      'one without the tag',
      allow('iam:*', '*', edge),
      (iam) => iam.deleteServerCertificate({ ServerCertificateName: 'theirs' }),
      denied,
    ],
    [
      'renaming without leave for the new name',
      allow('iam:*', arnOf('/p/ours')),
      (iam) => iam.updateServerCertificate(rename),
      denied,
    ],
    [
      'uploading under a path',
      allow('iam:UploadServerCertificate', arnOf('/q/*')),
      (iam) => iam.uploadServerCertificate({ ...given(leaf, 'q'), Path: '/q/' }),
      fine,
    ],
    [
      'uploading under another',
      allow('iam:UploadServerCertificate', arnOf('/q/*')),
      (iam) => iam.uploadServerCertificate(given(leaf, 'r')),
      denied,
    ],
    [
      'uploading with tags, without leave to tag',
      allow('iam:UploadServerCertificate', '*'),
      (iam) => iam.uploadServerCertificate({ ...given(leaf, 's'), ...tags }),
      denied,
    ],
    [
      'uploading with tags',
      allow(['iam:UploadServerCertificate', 'iam:TagServerCertificate'], '*'),
      (iam) => iam.uploadServerCertificate({ ...given(leaf, 't'), ...tags }),
      fine,
    ],
    [
      'what is not there, without leave',
      allow('iam:*', arnOf('/p/ours')),
      (iam) => iam.getServerCertificate({ ServerCertificateName: 'none' }),
      denied,
    ],
  ]
  let ran = 0
  for (const [title, statement, call, want] of rows) {
    assert.match(await refusal(call(await user(`user${ran}`, statement))), want, title)
    ran += 1
  }
  assert.equal(ran, 10)
})

// Goal: IP sets and regex pattern sets are kept as AWS keeps them: names, ids, ARNs, lock tokens, scopes, limits, tags, permissions.
// Method: AWS's own client through the whole pipeline; rows with reasons; each fault once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  CreateIPSetRequest,
  ListIPSetsResponse,
  UpdateRegexPatternSetRequest,
} from '@aws-sdk/client-wafv2'
import { there, here, invalid, made, newIPSet, noId, refusal, rig } from './rig.test.ts'

const nonexistent =
  'WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your resource doesn’t exist.'
const duplicate =
  'WAFDuplicateItemException: AWS WAF couldn’t perform the operation because some resource in your request is a duplicate of an existing one.'
const stale =
  'WAFOptimisticLockException: AWS WAF couldn’t save your changes because someone changed the resource after you started to edit it. Reapply your changes.'
const limit =
  'WAFLimitsExceededException: AWS WAF couldn’t perform the operation because you exceeded your resource limit.'
const Scope = 'REGIONAL'

test('an IP set is made, shown, changed and deleted', async () => {
  const { admin } = await rig()
  const { Name, Id, ARN, LockToken } = made(
    await admin.createIPSet({
      Name: 'offices',
      Scope,
      Description: 'ours',
      IPAddressVersion: 'IPV4',
      Addresses: ['192.0.2.0/24', '198.51.100.7/32'],
    }),
  )
  assert.equal(ARN, `arn:aws:wafv2:us-east-1:${here}:regional/ipset/offices/${Id}`)
  const shown = await admin.getIPSet({ Name, Scope, Id })
  assert.deepEqual(shown.IPSet, {
    Name,
    Id,
    ARN,
    Description: 'ours',
    IPAddressVersion: 'IPV4',
    Addresses: ['192.0.2.0/24', '198.51.100.7/32'],
  })
  assert.equal(shown.LockToken, LockToken)

  const { NextLockToken } = await admin.updateIPSet({ Name, Scope, Id, LockToken, Addresses: [] })
  assert.ok(NextLockToken !== undefined && NextLockToken !== LockToken)
  const after = await admin.getIPSet({ Name, Scope, Id })
  assert.deepEqual(after.IPSet, { Name, Id, ARN, IPAddressVersion: 'IPV4', Addresses: [] })
  assert.equal(await refusal(admin.updateIPSet({ Name, Scope, Id, LockToken, Addresses: [] })), stale)
  assert.equal(await refusal(admin.deleteIPSet({ Name, Scope, Id, LockToken })), stale)
  await admin.deleteIPSet({ Name, Scope, Id, LockToken: NextLockToken })
  assert.equal(await refusal(admin.getIPSet({ Name, Scope, Id })), nonexistent)
  assert.deepEqual((await admin.listIPSets({ Scope })).IPSets, [])
})

test('a regex pattern set is made, shown, changed and deleted', async () => {
  const { admin } = await rig()
  const RegularExpressionList = [{ RegexString: '^/admin' }, { RegexString: 'bot\\d+' }]
  const { Name, Id, ARN, LockToken } = made(
    await admin.createRegexPatternSet({ Name: 'paths', Scope, RegularExpressionList }),
  )
  assert.equal(ARN, `arn:aws:wafv2:us-east-1:${here}:regional/regexpatternset/paths/${Id}`)
  const shown = await admin.getRegexPatternSet({ Name, Scope, Id })
  assert.deepEqual(shown.RegexPatternSet, { Name, Id, ARN, RegularExpressionList })
  const change: Omit<UpdateRegexPatternSetRequest, 'LockToken'> = {
    Name,
    Scope,
    Id,
    RegularExpressionList: [],
    Description: 'none',
  }
  const { NextLockToken } = await admin.updateRegexPatternSet({ ...change, LockToken })
  assert.equal(await refusal(admin.updateRegexPatternSet({ ...change, LockToken })), stale)
  const { RegexPatternSets } = await admin.listRegexPatternSets({ Scope })
  assert.deepEqual(RegexPatternSets, [{ Name, Id, ARN, Description: 'none', LockToken: NextLockToken }])
  await admin.deleteRegexPatternSet({ Name, Scope, Id, LockToken: NextLockToken })
  assert.equal(await refusal(admin.getRegexPatternSet({ Name, Scope, Id })), nonexistent)
})

test('what no set may hold is refused with field, parameter and reason', async () => {
  const { admin } = await rig()
  const ip = (Addresses: string[], IPAddressVersion: 'IPV4' | 'IPV6' = 'IPV4', Name = 'new') =>
    admin.createIPSet({ Name, Scope, IPAddressVersion, Addresses })
  const regex = (...patterns: (string | undefined)[]) =>
    admin.createRegexPatternSet({
      Name: 'new',
      Scope,
      RegularExpressionList: patterns.map((RegexString) => ({ RegexString })),
    })
  const { Name, Id, LockToken } = await newIPSet(admin, 'taken')
  const rows: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      'an address without a prefix length',
      () => ip(['192.0.2.1']),
      invalid('IP_ADDRESS', '192.0.2.1', 'must be a CIDR block'),
    ],
    [
      'an address of the other version',
      () => ip(['2001:db8::/32']),
      invalid('IP_ADDRESS', '2001:db8::/32', 'The parameter isn’t an address of version IPV4.'),
    ],
    [
      'IPv4 in a set of IPv6',
      () => ip(['192.0.2.0/24'], 'IPV6'),
      invalid('IP_ADDRESS', '192.0.2.0/24', 'The parameter isn’t an address of version IPV6.'),
    ],
    ['everybody', () => ip(['0.0.0.0/0']), invalid('IP_ADDRESS', '0.0.0.0/0', 'The range /0 isn’t allowed.')],
    [
      'everybody, as an update',
      () => admin.updateIPSet({ Name, Scope, Id, LockToken, Addresses: ['10.0.0.0/00'] }),
      invalid('IP_ADDRESS', '10.0.0.0/00', 'The range /0 isn’t allowed.'),
    ],
    [
      'more addresses than fit',
      () => ip(Array.from({ length: 10_001 }, (_, at) => `10.0.${at >> 8}.${at & 255}/32`)),
      limit,
    ],
    ['a name that is taken', () => ip([], 'IPV4', 'taken'), duplicate],
    [
      'a look-around',
      () => regex('(?=a)'),
      invalid(
        'REGEX_PATTERN_SET',
        '(?=a)',
        'not a regular expression: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
      ),
    ],
    [
      'an expression that is left out',
      () => regex(undefined),
      invalid('REGEX_PATTERN_SET', '', 'a regular expression must have 1 to 512 characters'),
    ],
    ['eleven expressions', () => regex(...Array.from({ length: 11 }, () => 'a')), limit],
    ['an id of another name', () => admin.getIPSet({ Name: 'other', Scope, Id }), nonexistent],
    ['an id that is none', () => admin.getIPSet({ Name, Scope, Id: noId }), nonexistent],
    [
      'a marker in another spelling',
      () => admin.listIPSets({ Scope, NextMarker: 'MTph=' }),
      'WAFInvalidParameterException: Error reason: The marker is not valid., parameter: NextMarker',
    ],
    [
      'a marker that no answer held',
      () => admin.listIPSets({ Scope, NextMarker: 'eA' }),
      'WAFInvalidParameterException: Error reason: The marker is not valid., parameter: NextMarker',
    ],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    assert.equal(await refusal(call()), want, title)
    ran += 1
  }
  assert.equal(ran, 14)
  const error: unknown = await ip(['nonsense']).catch((refused: unknown) => refused)
  const { Field, Parameter, Reason } = error as Record<string, unknown> // The client's own error class.
  assert.deepEqual(
    { Field, Parameter, Reason },
    { Field: 'IP_ADDRESS', Parameter: 'nonsense', Reason: 'must be a CIDR block' },
  )
})

test('CLOUDFRONT is a scope of its own, and asked for in us-east-1 alone', async () => {
  const { admin, administrator } = await rig()
  const regional = await newIPSet(admin, 'same')
  const set: CreateIPSetRequest = {
    Name: 'same',
    Scope: 'CLOUDFRONT',
    IPAddressVersion: 'IPV6',
    Addresses: [],
  }
  const global = made(await admin.createIPSet(set))
  assert.equal(global.ARN, `arn:aws:wafv2:us-east-1:${here}:global/ipset/same/${global.Id}`)
  assert.equal(await refusal(admin.createIPSet(set)), duplicate)
  assert.deepEqual(
    (await admin.listIPSets({ Scope: 'CLOUDFRONT' })).IPSets?.map(({ Id }) => Id),
    [global.Id],
  )
  assert.deepEqual(
    (await admin.listIPSets({ Scope })).IPSets?.map(({ Id }) => Id),
    [regional.Id],
  )
  assert.equal(await refusal(admin.getIPSet({ Name: 'same', Scope, Id: global.Id })), nonexistent)
  const elsewhere = administrator(here, 'eu-west-1')
  const wrong = invalid('SCOPE_VALUE', 'CLOUDFRONT', 'The scope is not valid.')
  assert.equal(await refusal(elsewhere.createIPSet(set)), wrong)
  assert.equal(await refusal(elsewhere.listIPSets({ Scope: 'CLOUDFRONT' })), wrong)
  assert.deepEqual((await elsewhere.listIPSets({ Scope })).IPSets, [], 'a region has its own sets')
  const ResourceARN = regional.ARN
  assert.equal(await refusal(elsewhere.listTagsForResource({ ResourceARN })), nonexistent)
})

test('each kind has its quota, for each scope', async () => {
  const { admin } = await rig()
  const RegularExpressionList = [{ RegexString: 'a' }]
  for (let made = 0; made < 10; made++)
    await admin.createRegexPatternSet({ Name: `set${made}`, Scope, RegularExpressionList })
  const more = { Name: 'more', RegularExpressionList }
  assert.equal(await refusal(admin.createRegexPatternSet({ ...more, Scope })), limit)
  await admin.createRegexPatternSet({ ...more, Scope: 'CLOUDFRONT' })
})

test('pages survive inserts and deletes', async () => {
  const { admin } = await rig()
  for (let made = 0; made < 5; made++) await newIPSet(admin, `set${made}`)
  const all = (await admin.listIPSets({ Scope })).IPSets ?? []
  assert.equal(all.length, 5)
  const first = await admin.listIPSets({ Scope, Limit: 2 })
  const last = first.IPSets?.at(-1)
  const { Name, Id, LockToken } = last ?? {}
  await admin.deleteIPSet({ Name, Scope, Id, LockToken })
  for (let made = 0; made < 4; made++) await newIPSet(admin, `late${made}`)
  const seen = [...(first.IPSets ?? [])]
  let NextMarker = first.NextMarker
  assert.ok(NextMarker !== undefined)
  while (NextMarker !== undefined) {
    const page: ListIPSetsResponse = await admin.listIPSets({ Scope, Limit: 2, NextMarker })
    seen.push(...(page.IPSets ?? []))
    NextMarker = page.NextMarker
  }
  const ids = seen.map(({ Id }) => Id)
  assert.equal(new Set(ids).size, ids.length, 'nothing is shown twice')
  for (const { Id } of all) assert.ok(ids.includes(Id), 'nothing that was there is left out')
})

test('tags are set, listed in pages, removed and limited', async () => {
  const { admin } = await rig()
  const { Summary } = await admin.createIPSet({
    Name: 'tagged',
    Scope,
    IPAddressVersion: 'IPV4',
    Addresses: [],
    Tags: [{ Key: 'team', Value: 'edge' }],
  })
  const { ARN: ResourceARN, LockToken } = made({ Summary })
  await admin.tagResource({
    ResourceARN,
    Tags: [
      { Key: 'a', Value: '' },
      { Key: 'team', Value: 'core' },
    ],
  })
  const first = await admin.listTagsForResource({ ResourceARN, Limit: 1 })
  assert.deepEqual(first.TagInfoForResource, { ResourceARN, TagList: [{ Key: 'a', Value: '' }] })
  const second = await admin.listTagsForResource({ ResourceARN, NextMarker: first.NextMarker })
  assert.deepEqual(second.TagInfoForResource?.TagList, [{ Key: 'team', Value: 'core' }])
  assert.equal(second.NextMarker, undefined)
  await admin.untagResource({ ResourceARN, TagKeys: ['a', 'absent'] })
  const left = await admin.listTagsForResource({ ResourceARN })
  assert.deepEqual(left.TagInfoForResource?.TagList, [{ Key: 'team', Value: 'core' }])
  assert.equal((await admin.listIPSets({ Scope })).IPSets?.[0]?.LockToken, LockToken)

  const tag = (...Keys: string[]) =>
    admin.tagResource({ ResourceARN, Tags: Keys.map((Key) => ({ Key, Value: 'v' })) })
  const rows: readonly (readonly [string, () => Promise<unknown>, string | RegExp])[] = [
    ['a key twice', () => tag('a', 'a'), 'WAFTagOperationException: A tag key is given twice.'],
    [
      'a key of AWS',
      () => tag('AWS:mine'),
      'WAFTagOperationException: Tag keys that begin with aws: are reserved.',
    ],
    ['51 tags', () => tag(...Array.from({ length: 50 }, (_, at) => `k${at}`)), limit],
    [
      'what is no ARN of WAF',
      () => admin.listTagsForResource({ ResourceARN: 'arn:aws:iam::111122223333:user/u' }),
      invalid('RESOURCE_ARN', 'arn:aws:iam::111122223333:user/u', 'The ARN isn’t valid.'),
    ],
    [
      'an ARN of another partition',
      () => admin.listTagsForResource({ ResourceARN: ResourceARN.replace('arn:aws:', 'arn:aws-cn:') }),
      /field: RESOURCE_ARN/,
    ],
    [
      'an ARN of CloudFront elsewhere',
      () =>
        admin.listTagsForResource({
          ResourceARN: ResourceARN.replace('us-east-1', 'eu-west-1').replace('regional', 'global'),
        }),
      /field: RESOURCE_ARN/,
    ],
    [
      'an ARN with another name',
      () => admin.listTagsForResource({ ResourceARN: ResourceARN.replace('/tagged/', '/other/') }),
      nonexistent,
    ],
    [
      'what is not there',
      () => admin.listTagsForResource({ ResourceARN: ResourceARN.replace(/[^/]+$/, noId) }),
      nonexistent,
    ],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 8)
})

test('policies decide by ARN, by request tags and by resource tags', async () => {
  const { admin, administrator, user } = await rig()
  const ours = await newIPSet(admin, 'ours')
  const other = await newIPSet(admin, 'other')
  await admin.tagResource({ ResourceARN: ours.ARN, Tags: [{ Key: 'team', Value: 'edge' }] })
  const edge = await user(
    'edge',
    {
      Effect: 'Allow',
      Action: ['wafv2:GetIPSet', 'wafv2:DeleteIPSet'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'edge' } },
    },
    {
      Effect: 'Allow',
      Action: ['wafv2:CreateIPSet'],
      Resource: `arn:aws:wafv2:us-east-1:${here}:regional/ipset/edge-*`,
      Condition: { StringEquals: { 'aws:RequestTag/team': 'edge' } },
    },
  )
  const denied = (action: string, arn: string, why = 'no identity-based policy allows') =>
    `AccessDeniedException: User: arn:aws:iam::${here}:user/edge is not authorized to perform: wafv2:${action} on resource: ${arn} because ${why} the wafv2:${action} action`
  assert.equal((await edge.getIPSet({ ...ours, Scope })).IPSet?.Name, 'ours')
  assert.equal(await refusal(edge.getIPSet({ ...other, Scope })), denied('GetIPSet', other.ARN))
  assert.equal(await refusal(edge.deleteIPSet({ ...other, Scope })), denied('DeleteIPSet', other.ARN))
  const list = await refusal(edge.listIPSets({ Scope }))
  assert.match(list, /^AccessDeniedException: .* wafv2:ListIPSets/)
  const set: CreateIPSetRequest = { Name: 'edge-1', Scope, IPAddressVersion: 'IPV4', Addresses: [] }
  const toBe = `arn:aws:wafv2:us-east-1:${here}:regional/ipset/edge-1/*`
  assert.equal(await refusal(edge.createIPSet(set)), denied('CreateIPSet', toBe))
  assert.equal(
    await refusal(edge.createIPSet({ ...set, Tags: [{ Key: 'team', Value: 'edge' }] })),
    denied('TagResource', toBe),
    'tags at creation need leave to tag',
  )
  assert.match(
    await refusal(administrator(there).listTagsForResource({ ResourceARN: ours.ARN })),
    /^AccessDeniedException/,
    'another account’s set is not shown',
  )
})

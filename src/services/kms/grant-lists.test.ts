// Goal: grants are found, whole and in pages, by those who may see them.
// Method: lists read page by page while grants come and go; rows of filters.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GrantListEntry, KMS, ListGrantsResponse } from '@aws-sdk/client-kms'
import { allow, outcome, policy, aws, rootArn, user, userArn } from './access-rig.test.ts'
import { here, newKey, refusal, rig, there } from './rig.test.ts'

type Ask = (page: { Limit?: number; Marker?: string | undefined }) => Promise<ListGrantsResponse>

/** The ids that pages of two hold, with something done between them. */
async function pages(ask: Ask, between: (shown: readonly string[]) => Promise<unknown>): Promise<string[]> {
  const shown: string[] = []
  for (let Marker: string | undefined; ;) {
    const { Grants = [], NextMarker, Truncated } = await ask({ Limit: 2, Marker })
    assert.ok(Grants.length <= 2)
    assert.equal(Truncated, NextMarker !== undefined)
    shown.push(...idsOf(Grants))
    if (NextMarker === undefined) return shown
    Marker = NextMarker
    await between(shown)
  }
}

function idsOf(entries: readonly GrantListEntry[] = []): string[] {
  return entries.map(({ GrantId }) => GrantId ?? '')
}

const grant = (kms: KMS, KeyId: string, GranteePrincipal = rootArn()) =>
  kms.createGrant({
    KeyId,
    GranteePrincipal,
    RetiringPrincipal: userArn('admin'),
    Operations: ['Decrypt'],
  })

test('ListGrants, ListRetirableGrants: pages survive what comes and goes', async () => {
  const { admin } = await rig()
  const lists: readonly [name: string, (KeyId: string) => Ask][] = [
    ['ListGrants', (KeyId) => (page) => admin.listGrants({ KeyId, ...page })],
    [
      'ListRetirableGrants',
      () => (page) => admin.listRetirableGrants({ RetiringPrincipal: userArn('admin'), ...page }),
    ],
  ]
  for (const [name, ask] of lists) {
    const { id } = await newKey(admin)
    const made = await Promise.all(Array.from({ length: 9 }, () => grant(admin, id)))
    const before = idsOf(made).sort()
    const shown = await pages(ask(id), async (so) => {
      await admin.revokeGrant({ KeyId: id, GrantId: so.at(-1) }) // The marker's own.
      await grant(admin, id)
    })
    assert.deepEqual(shown, shown.toSorted(), name)
    assert.equal(new Set(shown).size, shown.length, name)
    for (const one of before) assert.ok(shown.includes(one), `${name} misses ${one}`)
    assert.match(await refusal(ask(id)({ Marker: 'bm9uZQ' })), /^InvalidMarkerException/)
    for (const GrantId of idsOf((await admin.listGrants({ KeyId: id })).Grants))
      await admin.revokeGrant({ KeyId: id, GrantId })
  }
  assert.equal(lists.length, 2)
})

test('ListGrants: filters', async () => {
  const r = await rig()
  const { id } = await newKey(r.admin)
  const { id: other } = await newKey(r.admin)
  await user(r, 'alice')
  const alice = await grant(r.admin, id, userArn('alice'))
  const account = await grant(r.admin, id)
  const elsewhere = await grant(r.admin, other, userArn('alice'))
  const service = await r.admin.createGrant({
    KeyId: id,
    GranteeServicePrincipal: 'lambda.amazonaws.com',
    RetiringServicePrincipal: 'lambda.amazonaws.com',
    Operations: ['Decrypt'],
    Constraints: { SourceArn: `arn:aws:lambda:us-east-1:${here}:function:f` },
  })
  const rows: readonly [
    name: string,
    Omit<Parameters<KMS['listGrants']>[0], 'KeyId'>,
    want: readonly string[],
  ][] = [
    ['all', {}, idsOf([alice, account, service])],
    ['a user', { GranteePrincipal: userArn('alice') }, idsOf([alice])],
    ['an account', { GranteePrincipal: rootArn() }, idsOf([account])],
    ['an account by its number', { GranteePrincipal: here }, idsOf([account])],
    ['nobody', { GranteePrincipal: userArn('nobody') }, []],
    ['a service', { GranteeServicePrincipal: 'lambda.amazonaws.com' }, idsOf([service])],
    ['a service is no principal', { GranteePrincipal: 'lambda.amazonaws.com' }, []],
    ['another service', { GranteeServicePrincipal: 'logs.amazonaws.com' }, []],
    ['one grant', { GrantId: account.GrantId }, idsOf([account])],
    ['one grant of somebody else', { GrantId: account.GrantId, GranteePrincipal: userArn('alice') }, []],
    ['another key’s grant', { GrantId: elsewhere.GrantId }, []],
    ['a grant that never was', { GrantId: '0'.repeat(64) }, []],
  ]
  for (const [name, filter, want] of rows) {
    const { Grants } = await r.admin.listGrants({ KeyId: id, ...filter })
    assert.deepEqual(idsOf(Grants), want.toSorted(), name)
  }
  assert.equal(rows.length, 12)
  const [shown] = (await r.admin.listGrants({ KeyId: id, GrantId: service.GrantId })).Grants ?? []
  assert.deepEqual(
    [shown?.GranteePrincipal, shown?.GranteeServicePrincipal, shown?.RetiringServicePrincipal],
    [undefined, 'lambda.amazonaws.com', 'lambda.amazonaws.com'],
  )
  assert.match(await refusal(r.admin.listGrants({ KeyId: id, GrantId: 'x' })), /^InvalidGrantIdException/)
  assert.match(
    await refusal(
      r.admin.listGrants({
        KeyId: id,
        GranteePrincipal: here,
        GranteeServicePrincipal: 'lambda.amazonaws.com',
      }),
    ),
    /^ValidationException/,
  )
})

test('ListRetirableGrants: of one’s own principals, on keys of any account', async () => {
  const r = await rig()
  const foreign = r.as(r.administrators.get(there) ?? assert.fail())
  await user(r, 'alice')
  const retiring = { RetiringPrincipal: userArn('alice') }
  const terms = { GranteePrincipal: rootArn(), Operations: ['Decrypt' as const], ...retiring }
  const { id } = await newKey(r.admin)
  const { id: theirs } = await newKey(foreign, {
    Policy: policy(allow('kms:*', aws(rootArn(there)))),
  })
  const own = await r.admin.createGrant({ KeyId: id, ...terms })
  const other = await foreign.createGrant({ KeyId: theirs, ...terms })
  const west = r.as(r.administrators.get(here) ?? assert.fail(), 'us-west-2')
  const { id: westId } = await newKey(west)
  const inWest = await west.createGrant({ KeyId: westId, ...terms })

  const { Grants } = await r.admin.listRetirableGrants(retiring)
  assert.deepEqual(idsOf(Grants), idsOf([own, other]).sort())
  assert.deepEqual(idsOf((await west.listRetirableGrants(retiring)).Grants), idsOf([inWest]))

  const lister = await user(r, 'lister', [allow('kms:ListRetirableGrants', { Resource: userArn('alice') })])
  const rows: readonly [name: string, KMS, Parameters<KMS['listRetirableGrants']>[0], want: string][] = [
    ['who may for this principal', lister, retiring, 'ok'],
    ['but for no other', lister, { RetiringPrincipal: userArn('lister') }, 'no identity-based policy allows'],
    ['another account', foreign, retiring, 'no resource-based policy allows'],
    ['nobody', r.admin, { RetiringPrincipal: userArn('nobody') }, 'InvalidArnException'],
    ['no ARN', r.admin, { RetiringPrincipal: 'alice' }, 'InvalidArnException'],
    [
      'a service, which would show every account’s',
      r.admin,
      { RetiringServicePrincipal: 'lambda.amazonaws.com' },
      'ValidationException',
    ],
    [
      'both',
      r.admin,
      { ...retiring, RetiringServicePrincipal: 'lambda.amazonaws.com' },
      'ValidationException',
    ],
    ['neither', r.admin, {}, 'ValidationException'],
  ]
  for (const [name, caller, input, want] of rows)
    assert.equal(await outcome(caller.listRetirableGrants(input)), want, name)
  assert.equal(rows.length, 8)
})

// Goal: a call goes one way, in one order, and whatever fails ends it there.
// Method: every step is replaced by one that notes its name; rows make each fail in turn and say what must have happened.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountId, arn } from './arn.ts'
import type { AuditedCall } from './audit.ts'
import type { SignedCaller } from './caller.ts'
import { Fault } from './fault.ts'
import { openToAnyAuthenticatedCaller, operationsOf } from './operation.ts'
import { createPipeline, type Incoming } from './pipeline.ts'
import { Missing, type Resource } from './resource.ts'
import { createSeal, rootKeyOf } from './seal/index.ts'
import { service } from './service.ts'
import { collection, createMemoryStore } from './store/index.ts'
import type { Verdict } from '#engines/policy/index.ts'
import type { Operations } from '#models/iam.d.ts'
import type { Operations as StsOperations } from '#models/sts.d.ts'
import { authenticationFailure, createSigner } from '#wire/sigv4/index.ts'

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const account = '123456789012' as AccountId // Twelve digits.
const alice: SignedCaller = {
  kind: 'user',
  account,
  arn: arn({ partition: 'aws', service: 'iam', region: '', account, resource: 'user/alice' }),
  userId: 'AIDAALICE',
  userName: 'alice',
  accessKeyId: 'AKIAALICE',
  tags: {},
}
const users = collection<{ readonly name: string }>({ service: 'iam', type: 'user' })
const iam = operationsOf<Operations>()('iam', { users }, 'global')
const sts = operationsOf<StsOperations>()('sts', { users }, 'global')
const userArn = arn({ partition: 'aws', service: 'iam', region: '', account, resource: 'user/bob' })

type Step = 'authenticate' | 'target' | 'access' | 'authorize' | 'prepare' | 'run'
interface Breaks {
  readonly authenticate?: true
  readonly target?: 'missing' | 'hidden' | 'bug'
  readonly access?: 'empty'
  readonly authorize?: true
  readonly run?: 'fault' | 'bug'
  /** What is wrong with the call that CreateGroup makes to another service. */
  readonly inner?: 'denied' | 'missing' | 'fault' | 'bug' | 'slow' | 'not implemented'
  /** Another transaction comes between, once. */
  readonly conflict?: true
  /** The trail keeps no record. */
  readonly record?: 'unwanted'
}

/** A pipeline whose every step notes its name and breaks as told. */
function rig(breaks: Breaks = {}) {
  const steps: Step[] = []
  const audited: AuditedCall[] = []
  const kept: string[] = []
  const logged: string[] = []
  const store = createMemoryStore()
  const target = () => {
    steps.push('target')
    if (breaks.target === 'bug') throw new TypeError('a bug in target')
    if (breaks.target === 'missing') return new Missing(userArn, new Fault('NoSuchEntityException', 'gone'))
    const refusal = breaks.target === 'hidden' ? new Fault('NoSuchEntityException', 'gone') : undefined
    return { arn: userArn, refusal }
  }
  const access = (resource: Resource = { arn: userArn }) => {
    steps.push('access')
    return breaks.access === 'empty' ? [] : [{ action: 'iam:CreateUser', resource }]
  }
  const run = () => {
    steps.push('run')
    if (breaks.run === 'fault') throw new Fault('EntityAlreadyExistsException', 'there is one')
    if (breaks.run === 'bug') throw new TypeError('a bug in run')
  }
  const files = {
    CreateUser: iam('CreateUser', {
      target,
      access,
      run({ call, input }) {
        run()
        call.users.put(input.UserName, { name: input.UserName })
        return {}
      },
    }),
    GetUser: iam('GetUser', { target, access, run: () => (run(), { User: shown }) }),
    ChangePassword: iam('ChangePassword', {
      target,
      access,
      prepare: async () => {
        steps.push('prepare')
        return Promise.resolve('hash')
      },
      run: ({ prepared }) => (run(), assert.equal(prepared, 'hash'), {}),
    }),
    UpdateAccountPasswordPolicy: iam('UpdateAccountPasswordPolicy', {
      target,
      access,
      prepare: () => (steps.push('prepare'), 'ready'),
      run: ({ prepared }) => (run(), assert.equal(prepared, 'ready'), {}),
    }),
    CreateGroup: iam('CreateGroup', {
      access,
      run({ call, input: { GroupName } }) {
        run()
        call.users.put(GroupName, { name: GroupName })
        if (breaks.conflict && attempts++ === 0) {
          const other = store.begin()
          other.put(users, { account, region: 'global' }, GroupName, { name: 'of another' })
          void store.submit(other, undefined, () => assert.fail('it is the first'))
        }
        const name = breaks.inner === 'not implemented' ? 'AssumeRoot' : 'GetSessionToken'
        assert.deepEqual(call.invoke('sts', name, { DurationSeconds: 900 }), { said: 900 })
        return { Group: { ...shown, GroupName, GroupId: 'AGPA' } }
      },
    }),
    GetAccountSummary: iam('GetAccountSummary', {
      access: openToAnyAuthenticatedCaller,
      run: () => (run(), {}),
    }),
  }
  let attempts = 0
  const innerFiles = {
    GetSessionToken: sts('GetSessionToken', {
      target: () => {
        steps.push('target')
        return breaks.inner === 'missing'
          ? new Missing(userArn, new Fault('NoSuchEntityException', 'gone'))
          : { arn: userArn }
      },
      access: (target) => (steps.push('access'), [{ action: 'sts:GetSessionToken', resource: target }]),
      prepare: ({ input: { DurationSeconds } }) => {
        steps.push('prepare')
        return breaks.inner === 'slow' ? Promise.resolve(DurationSeconds) : DurationSeconds
      },
      run({ call, prepared }) {
        steps.push('run')
        if (breaks.inner === 'fault') throw new Fault('RegionDisabledException', 'no')
        if (breaks.inner === 'bug') throw new TypeError('a bug in the inner run')
        call.users.put('inner', { name: call.caller.kind })
        return { said: prepared } as object // An answer that the test knows again.
      },
    }),
  }
  const { pipeline, enter } = createPipeline({
    world: {
      nowMs: () => nowMs,
      elapsedMs: () => nowMs,
      randomBytes: (length) => Buffer.alloc(length, 7),
      every: () => () => {},
      after: () => () => {},
    },
    store,
    seal: createSeal({
      current: rootKeyOf(Buffer.alloc(32, 1)),
      randomBytes: (length) => Buffer.alloc(length, 7),
    }),
    services: new Map([
      ['iam', service({ model: 'iam', files: [files] })],
      ['sts', service({ model: 'sts', files: [innerFiles] })],
    ]),
    authenticate: (request) => {
      steps.push('authenticate')
      return breaks.authenticate
        ? authenticationFailure('SignatureDoesNotMatch')
        : { ok: true, caller: alice, body: request.body }
    },
    authorize: (_, [first]) => {
      steps.push('authorize')
      assert.ok(first)
      const isInner = first.action.startsWith('sts:')
      return (isInner ? breaks.inner === 'denied' : breaks.authorize)
        ? { access: first, verdict: denied, message: 'User: alice is not authorized' }
        : undefined
    },
    audit: {
      keeps: () => breaks.record !== 'unwanted',
      record: (call) => {
        audited.push(call)
        const { operation, calledVia } = call.envelope
        return JSON.stringify({
          operation,
          code: call.fault?.code,
          ...(calledVia.length > 0 && { calledVia }),
        })
      },
      recordEvent: () => assert.fail('no service does anything by itself here'),
      append: (record) => void kept.push(record),
      flush: () => {},
    },
    onUse: () => {},
    log: ({ event }) => void logged.push(event),
    partition: 'aws',
  })
  return { pipeline, enter, operations: files, steps, audited, kept, logged, store }
}

const denied: Verdict = { decision: 'Deny', because: { kind: 'implicit', layer: 'identity' } }
const shown = { Path: '/', UserName: 'bob', UserId: 'AIDABOB', Arn: userArn, CreateDate: new Date(nowMs) }
const signer = createSigner({
  accessKeyId: 'AKIAALICE',
  secretAccessKey: 'secret',
  region: 'us-east-1',
  service: 'iam',
})

/** A signed query request; the rig does not look at the signature, only at its form. */
function request(action: string, parameters: Readonly<Record<string, string>> = {}, signed = true): Incoming {
  const body = Buffer.from(
    new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString(),
  )
  const plain = {
    method: 'POST',
    path: '/',
    query: '',
    headers: { host: 'iam.localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body,
  }
  const sent = signed ? signer.sign(plain, nowMs) : plain
  return { ...sent, rawHeaders: [], sourceIp: '127.0.0.1', secureTransport: false }
}

const whole: readonly Step[] = ['authenticate', 'target', 'access', 'authorize', 'run']
const create = request('CreateUser', { UserName: 'bob' })
const rows: readonly [
  name: string,
  Breaks,
  Incoming,
  status: number,
  code: string | undefined,
  steps: readonly Step[],
][] = [
  ['a change goes all the way', {}, create, 200, undefined, whole],
  ['so does a read', {}, request('GetUser', { UserName: 'bob' }), 200, undefined, whole],
  [
    'what is prepared is authorized before and after',
    {},
    request('ChangePassword', { OldPassword: 'old', NewPassword: 'new' }),
    200,
    undefined,
    ['authenticate', 'target', 'access', 'authorize', 'prepare', 'target', 'access', 'authorize', 'run'],
  ],
  [
    'what is prepared at once is authorized once',
    {},
    request('UpdateAccountPasswordPolicy'),
    200,
    undefined,
    ['authenticate', 'target', 'access', 'authorize', 'prepare', 'run'],
  ],
  [
    'nothing happens without a signature',
    {},
    request('CreateUser', { UserName: 'bob' }, false),
    403,
    'MissingAuthenticationToken',
    [],
  ],
  ['nor with a wrong one', { authenticate: true }, create, 403, 'SignatureDoesNotMatch', ['authenticate']],
  [
    'an open operation wants a signature too',
    {},
    request('GetAccountSummary', {}, false),
    403,
    'MissingAuthenticationToken',
    [],
  ],
  [
    'input is validated before anything is found',
    {},
    request('CreateUser'),
    400,
    'ValidationError',
    ['authenticate'],
  ],
  ['an operation that AWS lacks', {}, request('CreateUnicorn'), 400, 'InvalidAction', []],
  [
    'an operation that Redoubt lacks',
    {},
    request('CreateSAMLProvider'),
    501,
    'NotImplemented',
    ['authenticate'],
  ],
  [
    'a denial ends it',
    { authorize: true },
    create,
    403,
    'AccessDenied',
    ['authenticate', 'target', 'access', 'authorize'],
  ],
  [
    'a denied caller does not learn what exists',
    { authorize: true, target: 'missing' },
    create,
    403,
    'AccessDenied',
    ['authenticate', 'target', 'access', 'authorize'],
  ],
  [
    'nor, where the denial itself would tell, that there is anything to be denied',
    { authorize: true, target: 'hidden' },
    create,
    404,
    'NoSuchEntity',
    ['authenticate', 'target', 'access', 'authorize'],
  ],
  ['what is hidden from others is there for who may', { target: 'hidden' }, create, 200, undefined, whole],
  [
    'who is allowed does',
    { target: 'missing' },
    create,
    404,
    'NoSuchEntity',
    ['authenticate', 'target', 'access', 'authorize'],
  ],
  [
    'an access of nothing is a bug and closed',
    { access: 'empty' },
    create,
    500,
    'InternalFailure',
    ['authenticate', 'target', 'access'],
  ],
  ['a fault of the operation', { run: 'fault' }, create, 409, 'EntityAlreadyExists', whole],
  ['a bug of the operation', { run: 'bug' }, create, 500, 'InternalFailure', whole],
  ['a bug while finding', { target: 'bug' }, create, 500, 'InternalFailure', ['authenticate', 'target']],
]

const regions: readonly [set: string, acts: string | undefined][] = [
  ['*', 'us-east-1'],
  ['eu-west-1', 'eu-west-1'],
  ['eu-*', undefined],
]
for (const [region, acts] of regions) {
  test(`pipeline: a call that is signed for the regions ${region} acts in ${acts ?? 'none'}`, async () => {
    const { pipeline, audited } = rig()
    const options = { accessKeyId: 'AKIAALICE', secretAccessKey: 'secret', service: 'iam', region }
    const asymmetric = createSigner({ ...options, algorithm: 'AWS4-ECDSA-P256-SHA256' })
    const plain = request('GetUser', { UserName: 'bob' }, false)
    const answer = await pipeline({ ...plain, ...asymmetric.sign(plain, nowMs) })
    assert.equal(answer.status, acts === undefined ? 403 : 200)
    const [call] = audited
    if (acts === undefined) assert.match(String(call?.fault?.message), /scoped to a valid region/)
    else assert.equal(call?.envelope.region, acts)
  })
}

for (const [name, breaks, given, status, code, steps] of rows) {
  test(`pipeline: ${name}`, async () => {
    const rigged = rig(breaks)
    const response = await rigged.pipeline(given)
    const body = response.body.toString()
    assert.equal(response.status, status, body)
    assert.equal(/<Code>(\w+)<\/Code>/.exec(body)?.[1], code)
    assert.deepEqual(rigged.steps, steps)
    // Who is known has a record of it; a bug is logged and not told.
    assert.equal(rigged.audited.length, steps.length > 0 && code !== 'SignatureDoesNotMatch' ? 1 : 0)
    assert.equal(rigged.logged.includes('bug'), status === 500)
    assert.ok(!body.includes('a bug'), body)
    const stored = rigged.store.read.get(users, { account, region: 'global' }, 'bob')
    assert.equal(stored !== undefined, code === undefined && given === create)
  })
}

test('pipeline: all rows ran', () => assert.equal(rows.length, 19))

test('pipeline: the record of a change commits with it, that of a read does not', async () => {
  const rigged = rig()
  const committed: (readonly string[])[] = []
  rigged.store.tail(({ records }) => void committed.push(records))
  await rigged.pipeline(create)
  assert.deepEqual([committed, rigged.kept], [[['{"operation":"CreateUser"}']], []])
  await rigged.pipeline(request('GetUser', { UserName: 'bob' }))
  assert.deepEqual([committed.length, rigged.kept], [1, ['{"operation":"GetUser"}']])
})

test('pipeline: what the trail does not keep leaves no record', async () => {
  const rigged = rig({ record: 'unwanted' })
  const committed: string[] = []
  rigged.store.tail(({ records }) => void committed.push(...records))
  await rigged.pipeline(create)
  await rigged.pipeline(request('GetUser', { UserName: 'bob' }))
  assert.deepEqual([committed, rigged.kept, rigged.audited], [[], [], []])
})

const outer: readonly Step[] = ['authenticate', 'access', 'authorize', 'run']
const admitted: readonly Step[] = ['target', 'access', 'authorize']
const innerRecord = (code?: string) => ({
  operation: 'GetSessionToken',
  ...(code !== undefined && { code }),
  calledVia: ['iam.amazonaws.com'],
})
const outerRecord = (code?: string) => ({ operation: 'CreateGroup', ...(code !== undefined && { code }) })
const innerRows: readonly [
  name: string,
  Breaks,
  status: number,
  code: string | undefined,
  steps: readonly Step[],
  records: readonly object[],
][] = [
  [
    'it goes the same way, and both records commit with the change',
    {},
    200,
    undefined,
    [...outer, ...admitted, 'prepare', 'run'],
    [innerRecord(), outerRecord()],
  ],
  [
    'its denial is the outer call’s, and recorded as both',
    { inner: 'denied' },
    403,
    'AccessDenied',
    [...outer, ...admitted],
    [innerRecord('AccessDenied'), outerRecord('AccessDenied')],
  ],
  [
    'what it does not find is told after authorization',
    { inner: 'missing' },
    404,
    'NoSuchEntity',
    [...outer, ...admitted],
    [innerRecord('NoSuchEntityException'), outerRecord('NoSuchEntityException')],
  ],
  [
    'so is its fault',
    { inner: 'fault' },
    400,
    'RegionDisabledException',
    [...outer, ...admitted, 'prepare', 'run'],
    [innerRecord('RegionDisabledException'), outerRecord('RegionDisabledException')],
  ],
  [
    'what takes time is refused',
    { inner: 'slow' },
    503,
    'ServiceUnavailable',
    [...outer, ...admitted, 'prepare'],
    [innerRecord('ServiceUnavailable'), outerRecord('ServiceUnavailable')],
  ],
  [
    'its bug is one of the outer call',
    { inner: 'bug' },
    500,
    'InternalFailure',
    [...outer, ...admitted, 'prepare', 'run'],
    [outerRecord('InternalFailure')],
  ],
  [
    'so is calling what there is not',
    { inner: 'not implemented' },
    500,
    'InternalFailure',
    outer,
    [outerRecord('InternalFailure')],
  ],
]
for (const [name, breaks, status, code, steps, records] of innerRows) {
  test(`pipeline: a call of one service to another: ${name}`, async () => {
    const rigged = rig(breaks)
    const committed: string[] = []
    rigged.store.tail((change) => void committed.push(...change.records))
    const response = await rigged.pipeline(request('CreateGroup', { GroupName: 'staff' }))
    const body = response.body.toString()
    assert.equal(response.status, status, body)
    assert.equal(/<Code>(\w+)<\/Code>/.exec(body)?.[1], code)
    assert.deepEqual(rigged.steps, steps)
    const found = (status === 200 ? committed : rigged.kept).map((line) => JSON.parse(line) as object)
    assert.deepEqual(found, records)
    assert.equal((status === 200 ? rigged.kept : committed).length, 0)
    for (const id of ['staff', 'inner']) {
      const stored = rigged.store.read.get(users, { account, region: 'global' }, id)
      assert.equal(stored !== undefined, status === 200, id)
    }
    assert.ok(!body.includes('a bug'), body)
  })
}
test('pipeline: all rows of calls between services ran', () => assert.equal(innerRows.length, 7))

test('pipeline: a call that runs again records what it called once', async () => {
  const rigged = rig({ conflict: true })
  const committed: string[] = []
  rigged.store.tail((change) => void committed.push(...change.records))
  const response = await rigged.pipeline(request('CreateGroup', { GroupName: 'staff' }))
  assert.equal(response.status, 200)
  assert.equal(rigged.steps.filter((step) => step === 'run').length, 4, 'both ran twice')
  assert.deepEqual(
    committed.map((line) => JSON.parse(line) as object),
    [innerRecord(), outerRecord()],
  )
})

// What comes by a door. Each row: whose door stands open, whether the request is signed, what breaks, and what then happens.
type DoorRow = readonly [
  name: string,
  given: { readonly open: boolean; readonly signed: boolean; readonly region?: string },
  breaks: Breaks,
  want: string,
  steps: readonly Step[],
  caller: string | undefined,
]
const found: readonly Step[] = ['target', 'access', 'authorize']
const doorRows: readonly DoorRow[] = [
  ['nobody at a closed one', { open: false, signed: false }, {}, 'MissingAuthenticationToken', [], undefined],
  ['who signs', { open: false, signed: true }, {}, 'ok', ['authenticate', ...found, 'run'], 'user'],
  [
    'a signature that does not hold',
    { open: false, signed: true },
    { authenticate: true },
    'SignatureDoesNotMatch',
    ['authenticate'],
    undefined,
  ],
  [
    'a signature for another region',
    { open: false, signed: true, region: 'eu-west-1' },
    {},
    'SignatureDoesNotMatch',
    [],
    undefined,
  ],
  [
    'who is denied',
    { open: false, signed: true },
    { authorize: true },
    'AccessDenied',
    ['authenticate', ...found],
    'user',
  ],
  ['nobody at an open one', { open: true, signed: false }, {}, 'ok', [...found, 'run'], 'anonymous'],
  [
    'who signs at an open one is nobody',
    { open: true, signed: true },
    {},
    'ok',
    [...found, 'run'],
    'anonymous',
  ],
  ['nobody, denied', { open: true, signed: false }, { authorize: true }, 'AccessDenied', found, undefined],
]
for (const [name, { open, signed, region = 'us-east-1' }, breaks, want, steps, caller] of doorRows) {
  test(`pipeline: by a door: ${name}`, async () => {
    const stage = rig(breaks)
    const answer = await stage.enter(request('GetUser', {}, signed), {
      operation: stage.operations.GetUser,
      input: () => ({ UserName: 'bob' }),
      region,
      openOf: open ? account : undefined,
    })
    assert.equal(answer.ok ? 'ok' : answer.fault.code, want)
    assert.deepEqual(stage.steps, steps)
    assert.equal(stage.audited[0]?.caller.kind, caller, 'who is nobody and is refused fills no trail')
    if (caller !== undefined) assert.equal(stage.audited[0]?.account, account)
  })
}

test('pipeline: all rows of doors ran', () => assert.equal(doorRows.length, 8))

// Goal: what a target is sent is made by the rules, and nothing of one connection is handed on.
// Method: rows of heads; a property over heads of what belongs to a connection.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FrontDoor } from '#core/front-door.ts'
import type { EdgeRequest, Header } from '../request.ts'
import { attributes, frontDoor, listener, request } from '../rig.test.ts'
import { incomingHeaders, outgoingHeaders } from './outgoing-head.ts'

const outgoing = (
  wish: Partial<EdgeRequest>,
  changed: Partial<FrontDoor['attributes']> = {},
  inserted: readonly Header[] = [],
) =>
  outgoingHeaders(request(wish), {
    frontDoor: frontDoor({ attributes: { ...attributes, ...changed } }),
    listener: listener({ port: 8000 }),
    inserted,
    traceId: 'Root=1-a-b',
  })

const heads: readonly [
  name: string,
  sent: readonly Header[],
  attributes: Partial<FrontDoor['attributes']>,
  want: readonly Header[],
][] = [
  [
    'a client’s address is appended',
    [['X-Forwarded-For', '198.51.100.1']],
    {},
    [['X-Forwarded-For', '198.51.100.1, 203.0.113.7']],
  ],
  [
    'two lists become one',
    [
      ['x-forwarded-for', 'a'],
      ['X-Forwarded-For', 'b'],
    ],
    {},
    [['X-Forwarded-For', 'a, b, 203.0.113.7']],
  ],
  ['with its port', [], { xffClientPort: true }, [['X-Forwarded-For', '203.0.113.7:50000']]],
  [
    'kept as it was',
    [['X-Forwarded-For', 'a']],
    { xffHeaderProcessing: 'preserve' },
    [['X-Forwarded-For', 'a']],
  ],
  ['or removed', [['X-Forwarded-For', 'a']], { xffHeaderProcessing: 'remove' }, []],
  [
    'what the balancer says, it says alone',
    [
      ['X-Forwarded-Proto', 'https'],
      ['x-forwarded-port', '1'],
      ['X-Amzn-Trace-Id', 'x'],
      ['X-Amzn-Oidc-Data', 'x'],
    ],
    { xffHeaderProcessing: 'remove' },
    [],
  ],
  [
    'what its connection names stays behind',
    [
      ['Connection', 'close, X-Secret'],
      ['X-Secret', '1'],
      ['TE', 'trailers'],
      ['Upgrade', 'h2c'],
    ],
    { xffHeaderProcessing: 'remove' },
    [],
  ],
  [
    'nor by fields of what it does not do here',
    [
      ['X-Amzn-Waf-Verified', 'yes'],
      ['x-amzn-mtls-clientcert', 'x'],
      ['X-Amzn-Wafer', 'x'],
    ],
    { xffHeaderProcessing: 'remove' },
    [['X-Amzn-Wafer', 'x']],
  ],
  [
    'nor in names that applications read as the same',
    [
      ['X_Forwarded_For', '198.51.100.1'],
      ['X-Forwarded_Proto', 'https'],
      ['x_amzn_oidc_data', 'x'],
      ['X_Amzn_Waf_A', 'x'],
      ['X_Amzn_Tls_Version', 'x'],
      ['X_Other', 'x'],
    ],
    { xffHeaderProcessing: 'preserve' },
    [['X_Other', 'x']],
  ],
  [
    'a host stays, whatever its connection names',
    [
      ['Host', 'a.example'],
      ['Connection', 'close, Host'],
    ],
    { xffHeaderProcessing: 'remove', preserveHostHeader: true },
    [['Host', 'a.example']],
  ],
  [
    'invalid names are dropped where that is wished',
    [
      ['x_y', '1'],
      ['x.y', '2'],
      ['x-y', '3'],
    ],
    { xffHeaderProcessing: 'remove', dropInvalidHeaderFields: true },
    [['x-y', '3']],
  ],
  [
    'a host gets the listener’s port',
    [['host', 'a.example']],
    { xffHeaderProcessing: 'remove' },
    [['Host', 'a.example:8000']],
  ],
  [
    'unless it is preserved',
    [['host', 'a.example']],
    { xffHeaderProcessing: 'remove', preserveHostHeader: true },
    [['Host', 'a.example']],
  ],
]

test('doors: a target’s head is made by the rules', () => {
  const always: readonly Header[] = [
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-Port', '8000'],
    ['X-Amzn-Trace-Id', 'Root=1-a-b'],
  ]
  for (const [name, sent, wish, want] of heads)
    assert.deepEqual(outgoing({ headers: sent }, wish), [...want, ...always], name)
  assert.equal(heads.length, 13)
  const forged = ['X-Set-Here', 'x_set_here', 'X-Set_Here'].map((name): Header => [name, 'forged'])
  const inserted = outgoing({ headers: forged }, { xffHeaderProcessing: 'remove' }, [['x-set-here', 'true']])
  assert.deepEqual(
    inserted.filter(([name]) => /set/i.test(name)),
    [['x-set-here', 'true']],
  )
})

test('doors: whatever is sent, nothing of one connection is handed on in either direction', () => {
  const names = fc.constantFrom(
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Proxy-Authorization',
    'Content-Length',
    'X-One',
    'X-Two',
    'X-Amzn-Oidc-Data',
  )
  const values = fc.constantFrom('a', 'x-one', 'close, X-Two', 'chunked', 'keep-alive')
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values), { maxLength: 12 }), (headers) => {
      const named = new Set(
        headers
          .filter(([name]) => name === 'Connection')
          .flatMap(([, value]) =>
            value
              .toLowerCase()
              .split(',')
              .map((one) => one.trim()),
          ),
      )
      for (const kept of [outgoing({ headers }), incomingHeaders(headers, listener())])
        for (const [name] of kept) {
          const lower = name.toLowerCase()
          assert.ok(
            !/^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-authorization|content-length)$/.test(
              lower,
            ),
            name,
          )
          if (lower === 'x-one' || lower === 'x-two') assert.ok(!named.has(lower), name)
        }
      assert.ok(!outgoing({ headers }).some(([name]) => /^x-amzn-oidc/i.test(name)))
    }),
  )
})

// Goal: nothing that a user names makes this program connect within: not to loopback, private networks or what serves the machine, however the
// address is written, and not by a name that says one thing when it is asked and another when it is connected to. And nothing opens sockets outwards
// but what is known to. Method: each outward door is given each hostile URL; each attempt of a socket to connect is seen, whatever came of it.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { type OutboundAccess, parseNetwork } from '#core/address-guard.ts'
import type { Secret } from '#core/seal/index.ts'
import { systemWorld } from '#core/world.ts'
import { createProviderFetch } from '../../src/edge/oidc/provider-fetch.ts'
import { createWebhook } from '../../src/services/events/webhook.ts'
import { createHttpDelivery } from '../../src/services/sns/http-delivery.ts'
import { createExchange } from '../../src/services/kms/xks/exchange.ts'
import { endpointProblem } from '../../src/services/kms/xks/endpoint.ts'

const world = systemWorld()

/** Files that open sockets to others, and why users cannot choose where to. Those that say `guarded` use the guard. */
const doors: Readonly<Record<string, string>> = {
  'src/edge/oidc/provider-fetch.ts': 'guarded',
  'src/services/events/webhook.ts': 'guarded',
  'src/services/kms/xks/exchange.ts': 'guarded',
  'src/services/sns/http-delivery.ts': 'guarded',
  'src/services/sns/mail-delivery.ts': 'the SMTP server is the operator’s',
  'src/edge/proxy/upstream.ts': 'targets are addresses of private ranges, checked when they are registered',
  'src/services/elbv2/health-probe.ts': 'as above',
  'src/edge/tokens/page-script.ts': 'a text that a browser runs',
  'src/resolver/udp-door.ts': 'listens, and answers whom the operator’s networks hold',
  'src/resolver/upstream.ts': 'upstreams are the operator’s',
  'src/cli/control-client.ts': 'the socket in the data directory',
  'src/functions/runtimes/node-bootstrap.ts': 'a text that runs in a function’s process, for the Runtime API',
}

const opens =
  /import (?:\{[^}]*\b(?:connect|createConnection|request|get|Agent|Socket as|createSocket|ClientRequest)\b[^}]*\}|http|https|net|tls|http2|\* as \w+) from 'node:(?:net|tls|https?|http2|dgram)'|from '(?:nodemailer|undici|ws|axios|got)'|(?<![.\w])(?:fetch|WebSocket|EventSource)\(|import\('node:(?:net|tls|https?|http2|dgram)'\)/

const lineWithType = /^import type .*$|\btype \w+,?/gm

test('what opens sockets to others is known, and guarded where users say where to', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  assert.ok(files.length > 1_000, `only ${files.length} files were read`)
  const text = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
  const found = files.filter((file) => opens.test(text(file).replace(lineWithType, '')))
  assert.deepEqual(found.toSorted(), Object.keys(doors).toSorted())
  const guarded = files.filter((file) => /\bguardedLookup\(/.test(text(file)) && file !== guard)
  const saying = Object.keys(doors).filter((file) => doors[file] === 'guarded')
  assert.deepEqual(guarded.toSorted(), saying.toSorted())
})

test('the rule sees what it forbids', () => {
  for (const line of [
    "import { connect } from 'node:net'",
    "import { request as send } from 'node:https'",
    "import http from 'node:http'",
    "import nodemailer from 'nodemailer'",
    'await fetch(url)',
    "await import('node:tls')",
  ])
    assert.match(line, opens)
})

const guard = 'src/core/address-guard.ts'
const root = `${import.meta.dirname}/../..`

type Reach = (url: string) => Promise<unknown>

/** A way outwards for each door, as its service uses it. */
function reachOf(t: TestContext, access: OutboundAccess): Readonly<Record<string, Reach>> {
  const web = createHttpDelivery(access, world.after)
  const webhook = createWebhook({ world, access })
  const provider = createProviderFetch({ ...access, timeoutMs: 2_000 }, world.after)
  t.after(() => {
    web.close()
    webhook.close()
    provider.close()
  })
  const hook = (endpoint: string, oauth?: string) =>
    webhook.invoke(
      {
        destination: { arn: endpoint, endpoint, method: 'POST', ratePerSecond: 100 },
        connectionArn: endpoint,
        version: 1,
        authorization: oauth === undefined ? {} : { OAuthParameters: oauthAt(oauth) },
      } as unknown as Parameters<typeof webhook.invoke>[0], // The ARNs do not count here.
      undefined,
      '{}',
    )
  return {
    'SNS over HTTP and HTTPS': (endpoint) =>
      web.deliver(
        {
          subscription: {
            endpoint,
            attributes: { RawMessageDelivery: 'true' },
            protocol: 'https',
            arn: 'arn',
          },
          publication: { messageId: 'id', topicArn: 'arn' },
          topic: { arn: 'arn', attributes: {} },
          said: { message: 'a' },
        } as unknown as Parameters<typeof web.deliver>[0], // As far as it is looked at.
        { sign: () => ({}) } as unknown as Parameters<typeof web.deliver>[1], // As above.
        'text/plain',
      ),
    'API destinations': (url) => hook(url),
    'a connection’s token': (url) => hook('https://example.com/', url),
    'identity providers': (url) => provider.ask({ method: 'GET', url, headers: {}, answerBytesMax: 1_000 }),
    'external key stores': async (url) => {
      if (!URL.canParse(url)) return 'no URL'
      const [, host = ''] = /^https:\/\/([^/]*)/.exec(url) ?? []
      if (endpointProblem(`https://${host}`, '/kms/xks/v1')) return 'refused when it is saved'
      const place = new URL(url)
      const port = Number(place.port || 443)
      const exchange = createExchange({
        ...access,
        ...{ hostname: host.replace(/:\d+$/, ''), port, timeoutMs: 2_000, after: world.after },
      })
      return exchange.post('/kms/xks/v1', {}, Buffer.alloc(0)).finally(() => exchange.close())
    },
  }
}

function oauthAt(AuthorizationEndpoint: string): object {
  return {
    ...{ AuthorizationEndpoint, HttpMethod: 'POST' },
    ClientParameters: { ClientID: 'a', ClientSecret: 'b' as unknown as Secret },
  }
}

const hosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.01'],
  ...[
    '127.0.0.1.',
    '127.0.0.1..',
    '0',
    '0.0.0.0',
    '[::]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
  ],
  ...['[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...['[2001:0:7f00:1::]', '[fe80::1]', '[fe80::1%25eth0]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]'],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '[::ffff:169.254.169.254]', '[::ffff:a9fe:a9fe]'],
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '198.18.0.1',
  ],
  ...[
    '224.0.0.1',
    '255.255.255.255',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    'user:pass@127.0.0.1',
    'example.com@127.0.0.1',
  ],
  ...[
    '127.0.0.1#@example.com',
    '127.0.0.1\\@example.com',
    '127.0.0.1?.example.com',
    '127.0.0.1%2f.example.com',
  ],
  ...['localhost', 'localhost.', 'LOCALHOST', 'within.example', 'within.example.', 'rebound.example'],
]
const urls = [
  ...hosts.flatMap((host) => [`https://${host}/`, `https://${host}:4566/x`, `http://${host}/`]),
  ...['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1:25/_HELO', 'data:text/plain,a', 'blob:x'],
  ...['https:127.0.0.1', 'https:///127.0.0.1', '//127.0.0.1/', 'https://', 'javascript:1', 'unix:/run/x', ''],
]

/** Sees each address that a socket of this process tries. */
function attemptsOf(t: TestContext): string[] {
  const attempts: string[] = []
  const connect = Reflect.get(Socket.prototype, 'connect') as (this: Socket, ...given: unknown[]) => Socket // One of its forms.
  t.mock.method(Socket.prototype, 'connect', function (this: Socket, ...given: unknown[]) {
    this.on('connectionAttempt', (address: string) => attempts.push(address))
    return connect.apply(this, given)
  })
  return attempts
}

test('no door leads within, however the way is written', async (t) => {
  const attempts = attemptsOf(t)
  const asked: string[] = []
  const access: OutboundAccess = {
    ...{ trust: [], networks: [] },
    // Whoever owns the name says where it leads, anew each time: what counts is what is connected to.
    resolve(hostname, callback) {
      asked.push(hostname)
      callback(
        null,
        ['127.0.0.1', '::1', '169.254.169.254', '::ffff:10.0.0.1', 'fd00:ec2::254'].map((address) => ({
          address,
          family: address.includes(':') ? 6 : 4,
        })),
      )
    },
  }
  let tried = 0
  for (const [door, reach] of Object.entries(reachOf(t, access)))
    for (const url of urls) {
      await reach(url).catch((error: unknown) =>
        assert.ok(error instanceof TypeError, `${door}: ${String(error)}`),
      )
      assert.deepEqual(attempts, [], `${door} connects for ${url}`)
      tried += 1
    }
  assert.equal(tried, 5 * urls.length)
  assert.ok(asked.filter((name) => name === 'rebound.example').length >= 5, 'names are resolved by the guard')
})

test('the doors do lead outwards, so that the rows above could fail', async (t) => {
  const attempts = attemptsOf(t)
  const network = parseNetwork('127.0.0.0/8')
  assert.ok(network)
  const access: OutboundAccess = {
    ...{ trust: [], networks: [network] },
    resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  }
  for (const [door, reach] of Object.entries(reachOf(t, access))) {
    attempts.length = 0
    await reach('https://within.example:9/')
    assert.deepEqual([...new Set(attempts)], ['127.0.0.1'], door)
  }
})

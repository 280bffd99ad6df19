// Goal: where a key store's proxy may be is exactly what AWS's rules say, and no spelling of an IP address passes for a host name.
// Method: rows, each with the rule it breaks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpointProblem, words } from './endpoint.ts'

const path = '/kms/xks/v1'
const rows: readonly [name: string, endpoint: string, path: string, want: string | undefined][] = [
  ['a host', 'https://proxy.example.com', path, undefined],
  ['a host and a port', 'https://proxy.example.com:8443', path, undefined],
  ['a single label', 'https://xks-proxy', path, undefined],
  ['a prefix before the path', 'https://proxy.example.com', '/some-prefix_1/kms/xks/v1', undefined],
  ['plain HTTP', 'http://proxy.example.com', path, 'XksProxyUriEndpoint https'],
  ['a scheme in capitals', 'HTTPS://proxy.example.com', path, 'XksProxyUriEndpoint https'],
  ['no scheme', 'proxy.example.com', path, 'XksProxyUriEndpoint https'],
  ['a path', 'https://proxy.example.com/a', path, 'XksProxyUriEndpoint hostAlone'],
  ['a slash at the end', 'https://proxy.example.com/', path, 'XksProxyUriEndpoint hostAlone'],
  ['a backslash', 'https://proxy.example.com\\a', path, 'XksProxyUriEndpoint hostAlone'],
  ['a query', 'https://proxy.example.com?a', path, 'XksProxyUriEndpoint hostAlone'],
  ['a fragment', 'https://proxy.example.com#a', path, 'XksProxyUriEndpoint hostAlone'],
  ['a user', 'https://user@proxy.example.com', path, 'XksProxyUriEndpoint hostAlone'],
  ['a line break', 'https://proxy.example.com\n', path, 'XksProxyUriEndpoint hostAlone'],
  ['letters that are not ASCII', 'https://próxy.example.com', path, 'XksProxyUriEndpoint hostAlone'],
  ['an empty port', 'https://proxy.example.com:', path, 'XksProxyUriEndpoint hostAlone'],
  ['port 0', 'https://proxy.example.com:0', path, 'XksProxyUriEndpoint port'],
  ['port 65536', 'https://proxy.example.com:65536', path, 'XksProxyUriEndpoint port'],
  ['IPv4', 'https://169.254.169.254', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 and a port', 'https://127.0.0.1:8443', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 with a dot at the end', 'https://127.0.0.1.', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 in hexadecimal', 'https://0xa9fea9fe', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 as one number', 'https://2130706433', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 with parts left out', 'https://127.1', path, 'XksProxyUriEndpoint hostName'],
  ['IPv4 with parts left out, longer', 'https://127.0x1', path, 'XksProxyUriEndpoint hostName'],
  ['a number that is no address', 'https://proxy.256', path, 'XksProxyUriEndpoint hostName'],
  ['IPv6', 'https://[::1]', path, 'XksProxyUriEndpoint hostAlone'],
  ['too short', 'https://a', path, 'XksProxyUriEndpoint endpointLength'],
  ['128 characters', `https://${'a'.repeat(120)}`, path, undefined],
  ['129 characters', `https://${'a'.repeat(121)}`, path, 'XksProxyUriEndpoint endpointLength'],
  [
    'a path that ends elsewhere',
    'https://proxy.example.com',
    '/kms/xks/v1/keys',
    'XksProxyUriPath pathSuffix',
  ],
  ['another version', 'https://proxy.example.com', '/kms/xks/v2', 'XksProxyUriPath pathSuffix'],
  ['a slash after the path', 'https://proxy.example.com', '/kms/xks/v1/', 'XksProxyUriPath pathSuffix'],
  ['no slash before the path', 'https://proxy.example.com', 'kms/xks/v1', 'XksProxyUriPath pathCharacters'],
  [
    'no slash before the prefix',
    'https://proxy.example.com',
    'a/kms/xks/v1',
    'XksProxyUriPath pathCharacters',
  ],
  ['dots in the path', 'https://proxy.example.com', '/../kms/xks/v1', 'XksProxyUriPath pathCharacters'],
  ['a query in the path', 'https://proxy.example.com', '/?/kms/xks/v1', 'XksProxyUriPath pathCharacters'],
  [
    'a line break in the path',
    'https://proxy.example.com',
    '/kms/xks/v1\n',
    'XksProxyUriPath pathCharacters',
  ],
  ['a short path', 'https://proxy.example.com', '/xks/v1', 'XksProxyUriPath pathLength'],
  ['128 characters of path', 'https://proxy.example.com', `/${'a'.repeat(116)}${path}`, undefined],
  [
    '129 characters of path',
    'https://proxy.example.com',
    `/${'a'.repeat(117)}${path}`,
    'XksProxyUriPath pathLength',
  ],
]

test('endpoint: rows', () => {
  const broken = new Set<string>()
  for (const [name, endpoint, uriPath, want] of rows) {
    const problem = endpointProblem(endpoint, uriPath)
    if (problem) broken.add(problem.rule)
    assert.equal(problem && `${problem.member} ${problem.rule}`, want, name)
  }
  assert.equal(
    endpointProblem('http://proxy.example.com', path)?.message,
    'XksProxyUriEndpoint must begin with https://.',
  )
  assert.equal(rows.length, 41)
  assert.deepEqual([...broken].sort(), Object.keys(words).sort(), 'every rule has a row')
})

// Goal: how long a comparison of a secret takes tells nobody how much of it was right.
// Method: read every source file for comparisons of what is called a secret, a token, a signature, a digest and the like; each is in constant time,
// or stands below with its reason.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const called = String.raw`[\w.?!]*(?:secret|password|passphrase|signature|token|digest|hash|hmac|proof|nonce|challenge|integrity|apikey|cookie|csrf|verifier|otp\b|\bmac\b)\w*(?:\([^()]*\))?`
const other = String.raw`(?!undefined|null|true|false|['"\d])[\w.]+`
const comparison = new RegExp(
  String.raw`\b${called}\s*[!=]==\s*${other}|[\w.)]+\s*[!=]==\s*${called}\b|\b${called}\.(?:equals|compare)\(|\.(?:equals|compare)\(${called}`,
  'i',
)

/** Comparisons of what is no secret, or what nobody can try against: file, and what is compared. */
const reasons: Readonly<Record<string, string>> = {
  'src/wire/sigv4/signing-key.ts':
    'whether a kept key is of this secret, by its identity, which is not made of it',
  'src/services/wafv2/entities.ts':
    'a lock token is a version: it is shown to whoever may read, and gives no right',
  'src/services/wafv2/firewall-manager.ts': 'as above',
  'src/core/paging.ts': 'a token of a page is a place in a list, in one spelling: it gives no right',
  'src/services/guardduty/paging.ts': 'as above',
  'src/services/scheduler/schedule-groups.ts':
    'a client token makes a call idempotent, after it was authorized',
  'src/services/scheduler/schedules.ts': 'as above, with a digest of the request',
  'src/services/ec2/flow-logs/flow-logs.ts': 'as above',
  'src/services/sns/confirmation.ts': 'digests of tokens: who tries cannot choose the digest of a guess',
  'src/services/kms/xks/ciphertext.ts':
    'a checksum that the proxy gives of what it gives: who made it knows it',
  'src/services/iam/login-profiles.ts': 'two states of one stored hash',
  'src/services/guardduty/runner/detection-runner.ts': 'digests of records, to know them again',
  'src/services/kms/cryptography/signing-algorithms.ts': 'a length',
  'src/functions/code/code-store.ts': 'digests of what stands on this disk, to see damage: nobody tries any',
  'src/cli/account/import-account.ts': 'as above, of what stands in a file that opened',
  'src/engines/waf/injection/sql/probes.ts': 'tokens of a language, counted',
}

test('secrets are compared in constant time', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const found = new Set(
    files.filter((file) =>
      readFileSync(`${root}/${file}`, 'utf8')
        .split('\n')
        .some((line) => !/^\s*(?:\*|\/[/*])/.test(line) && comparison.test(line)),
    ),
  )
  assert.ok(files.length > 1_000, `only ${files.length} files were read`)
  assert.deepEqual([...found].toSorted(), Object.keys(reasons).toSorted())
})

test('the rule sees what it forbids', () => {
  const lines = [
    'if (given === secret) return',
    'token !== known.token',
    'signature.equals(wanted)',
    'a.equals(macDigest)',
    'given === apiKey.value',
    'known === given.cookie',
    'mac !== wanted',
  ]
  for (const line of lines) assert.match(line, comparison)
  for (const line of ['token === undefined', "state === 'a'", 'timingSafeEqual(a, b)'])
    assert.doesNotMatch(line, comparison)
})

const root = `${import.meta.dirname}/../..`

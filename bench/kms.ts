/**
 * Keys in use, signed calls over HTTP at 32 connections: Encrypt and Decrypt of 1 KiB and GenerateDataKey, verified, authorized by a key
 * policy that names users and a key with 20 grants, audited; with 100,000 keys in the account too. Beside them moto, which verifies
 * and authorizes nothing, node:http that does the sums of a signature, and one that encrypts besides. All run at once and are measured
 * in turn, round after round; figures are medians of the rounds. Then: start with 100,000 keys; signatures a second of each key spec.
 * `BENCH_SECONDS=1 node bench/kms.ts` for a quick look.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountId } from '#core/arn.ts'
import { administratorOf, startServer } from '../test/server.ts'
import { goalTable } from './goals.ts'
import { type Compared, compare } from './http/compare.ts'
import {
  arithmeticName,
  bare,
  bareName,
  type Contender,
  moto,
  redoubt,
  sealingArithmetic,
  sealingName,
  sigv4Arithmetic,
} from './http/contenders.ts'
import { type Asked, kmsCall, query } from './http/requests.ts'
import { cpuRatio, planOf, type Rounds, typical } from './http/rounds.ts'
import { type KeyInUse, plaintext, withKey } from './kms/key-in-use.ts'
import { measureSigning } from './kms/signing.ts'
import { storeKeys } from './kms/stored-keys.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 9)
const plan = planOf(seconds)
const connections = 32
const storedKeys = 100_000
const startRounds = 3
const oneWorker = 'redoubt, 1 worker'
const twoWorkers = 'redoubt, 2 workers'
const manyKeys = `${oneWorker}, ${storedKeys.toLocaleString('en')} keys`

/** Prints a table for each call, one of signatures, and the goals. */
export async function run(): Promise<void> {
  console.log(
    `${connections} connections, ${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians`,
  )
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
  try {
    const account = await firstAccount(directory)
    await storeKeys(directory, account, storedKeys - 1) // The last one is the key in use: the quota is 100,000.
    const readyMs = await measureStarts(directory)
    console.log(`ready with ${storedKeys.toLocaleString('en')} keys stored: after ${readyMs.toFixed(0)} ms`)
    const compared = await measureCalls(directory)
    await measureSigning(Math.min(1, seconds / 5))
    console.log(`\n${goalTable(goalsOf(compared, readyMs))}`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureCalls(directory: string): Promise<Compared> {
  const keysInUse = new Map<string, KeyInUse>()
  const inUse =
    (make: () => Promise<Contender | { readonly missing: string }>) =>
    async (): Promise<Contender | { readonly missing: string }> => {
      const made = await make()
      if ('missing' in made) return made
      const key = await withKey(made)
      keysInUse.set(made.name, key)
      return key.contender
    }
  /** What is asked of those who have a key; the others answer every request alike, and are sent one of the same length. */
  const ofKey =
    (ask: (key: Pick<KeyInUse, 'keyArn' | 'plaintext' | 'ciphertext'>) => Asked) =>
    ({ name }: Contender): Asked =>
      ask(keysInUse.get(name) ?? anyKey)
  const encrypt = ofKey(({ keyArn: KeyId, plaintext: Plaintext }) => kmsCall('Encrypt', { KeyId, Plaintext }))
  /** The yardstick that encrypts does the same whatever is measured beside it. */
  const besideEncrypt =
    (ask: (contender: Contender) => Asked) =>
    (contender: Contender): Asked =>
      contender.name === sealingName ? encrypt(contender) : ask(contender)

  return compare({
    makers: [
      inUse(() => redoubt(1)),
      inUse(() => redoubt(2)),
      inUse(() => redoubtOn(directory)),
      bare,
      sigv4Arithmetic,
      sealingArithmetic,
      inUse(moto),
    ],
    calls: [
      ['Encrypt', encrypt],
      [
        'GenerateDataKey',
        besideEncrypt(
          ofKey(({ keyArn: KeyId }) => kmsCall('GenerateDataKey', { KeyId, KeySpec: 'AES_256' })),
        ),
      ],
      [
        'Decrypt',
        besideEncrypt(ofKey(({ ciphertext: CiphertextBlob }) => kmsCall('Decrypt', { CiphertextBlob }))),
      ],
      ['GetCallerIdentity', besideEncrypt(() => query('sts', 'GetCallerIdentity'))],
    ],
    connections,
    plan,
    yardsticks: [
      ['CPU ÷ SigV4 sums + AES-GCM', sealingName],
      ['CPU ÷ SigV4 sums', arithmeticName],
      ['CPU ÷ bare', bareName],
    ],
  })
}

const anyKey = {
  keyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  plaintext: plaintext.toString('base64'),
  ciphertext: Buffer.alloc(1118).toString('base64'),
}

/** The administrator that the first start on a directory showed: a later start shows none. */
let administrator: Contender['credentials'] | undefined

/** Lets a server make its data directory; gives the account. */
async function firstAccount(directory: string) {
  const server = await startServer({ directory })
  administrator = administratorOf(server)
  const { STS } = await import('@aws-sdk/client-sts')
  const sts = new STS({ endpoint: server.url, region: 'us-east-1', credentials: { ...administrator } })
  const { Account = '' } = await sts.getCallerIdentity({})
  sts.destroy()
  await server.stop()
  const account = accountId(Account)
  if (!account) throw new Error(`not an account: ${Account}`)
  return account
}

async function redoubtOn(directory: string): Promise<Contender> {
  const server = await startServer({ directory })
  if (!administrator) throw new Error('the directory was not made here')
  const { port, pid } = server
  return { name: manyKeys, port, pid, credentials: administrator, end: () => server.kill() }
}

/** From the process's birth to its first answer, the best. Units: milliseconds. */
async function measureStarts(directory: string): Promise<number> {
  let readyMs = Infinity
  for (let round = 0; round < startRounds; round += 1) {
    const begunAt = performance.now()
    const server = await startServer({ directory })
    readyMs = Math.min(readyMs, performance.now() - begunAt)
    await server.kill()
  }
  return readyMs
}

function goalsOf(compared: Compared, readyMs: number) {
  const rounds = (call: string, name: string): Rounds => compared.get(call)?.get(name) ?? []
  const ofSealing = (call: string): number | undefined =>
    cpuRatio(rounds(call, oneWorker), rounds(call, sealingName))
  const rate = (call: string, name: string): number => typical(rounds(call, name)).perSecond
  const both = typical(rounds('Encrypt', twoWorkers))
  const unit = ' × (SigV4 sums + AES-GCM)'
  return [
    // 73 and 75 µs on a machine where the sums and AES-GCM take 77.
    { what: 'Encrypt of 1 KiB, CPU', atMost: 0.95, measured: ofSealing('Encrypt'), unit },
    { what: 'GenerateDataKey, CPU', atMost: 0.97, measured: ofSealing('GenerateDataKey'), unit },
    { what: 'Encrypt, 2 workers', atLeast: 14_000, measured: both.perSecond, unit: ' a second' },
    { what: 'Encrypt, 2 workers, p99', atMost: 6, measured: both.p99Ms, unit: ' ms' },
    {
      what: "Encrypt, of GetCallerIdentity's rate, 1 worker",
      atLeast: 0.6,
      measured: rate('Encrypt', oneWorker) / rate('GetCallerIdentity', oneWorker),
      unit: ' ×',
    },
    {
      what: "Encrypt, of GetCallerIdentity's rate, 2 workers",
      atLeast: 0.6,
      measured: rate('Encrypt', twoWorkers) / rate('GetCallerIdentity', twoWorkers),
      unit: ' ×',
    },
    {
      what: `Encrypt with ${storedKeys.toLocaleString('en')} keys, of without`,
      atLeast: 0.95,
      measured: rate('Encrypt', manyKeys) / rate('Encrypt', oneWorker),
      unit: ' ×',
    },
    {
      what: `ready with ${storedKeys.toLocaleString('en')} keys`,
      atMost: 5_000,
      measured: readyMs,
      unit: ' ms',
    },
  ]
}

if (import.meta.main) await run()

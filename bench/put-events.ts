/**
 * How long it takes from PutEvents to the start of the function that a rule leads to: warm, where an environment waits frozen, and cold,
 * where a process must be started. Wanted: 20 ms warm, 250 ms cold (medians).
 * Method: a server of two workers that runs as a process of its own; a signed PutEvents over HTTP says when it was sent, the handler
 * logs when it began; both read the clock of one machine. Cold: the function is given another configuration before each round.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { IAM } from '@aws-sdk/client-iam'
import { Lambda } from '@aws-sdk/client-lambda'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { administratorOf, startServer } from '../test/server.ts'
import { goalTable } from './goals.ts'

const [warmRounds, coldRounds] = [Number(process.env['WARM'] ?? 50), Number(process.env['COLD'] ?? 10)]
const region = 'us-east-1'

/** The log group gets what it says: no SDK is loaded, so that what is measured is the way to the function. */
const handler = `exports.handler = async ({ detail }) => { console.log('began ' + detail.round + ' ' + Date.now()) }`

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function archive(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'))
  writeFileSync(join(folder, 'index.js'), handler)
  execFileSync('python3', ['-m', 'zipfile', '-c', 'function.zip', 'index.js'], { cwd: folder })
  const bytes = readFileSync(join(folder, 'function.zip'))
  rmSync(folder, { recursive: true })
  return bytes
}

const server = await startServer({
  workers: 2,
  flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
})
try {
  const options = { endpoint: server.url, region, credentials: { ...administratorOf(server) } }
  const [events, iam] = [new EventBridge(options), new IAM(options)]
  const [lambda, logs] = [new Lambda(options), new CloudWatchLogs(options)]
  const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
  const { Role } = await iam.createRole({
    RoleName: 'timed',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  })
  await iam.putRolePolicy({
    RoleName: 'timed',
    PolicyName: 'logs',
    PolicyDocument: policy({ Effect: 'Allow', Action: 'logs:*', Resource: '*' }),
  })
  const FunctionName = 'timed'
  const { FunctionArn } = await lambda.createFunction({
    FunctionName,
    Runtime: 'nodejs24.x',
    Role: Role?.Arn,
    Handler: 'index.handler',
    Code: { ZipFile: archive() },
    MemorySize: 256,
  })
  const { RuleArn } = await events.putRule({ Name: 'timed', EventPattern: '{"source":["bench"]}' })
  await lambda.addPermission({
    FunctionName,
    StatementId: 'rule',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: RuleArn,
  })
  await events.putTargets({ Rule: 'timed', Targets: [{ Id: 'f', Arn: FunctionArn }] })

  let round = 0
  /** Sends one event, and gives how long after that the handler began. Units: milliseconds. */
  const once = async (): Promise<number> => {
    round += 1
    const sentAtMs = Date.now()
    const Detail = JSON.stringify({ round })
    await events.putEvents({ Entries: [{ Source: 'bench', DetailType: 'round', Detail }] })
    for (const giveUpAtMs = sentAtMs + 30_000; Date.now() < giveUpAtMs;) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const { events: lines = [] } = await logs
        .filterLogEvents({ logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: `"began ${round} "` })
        .catch(() => ({ events: [] }))
      const beganAtMs = /began \d+ (\d+)/.exec(lines[0]?.message ?? '')?.[1]
      if (beganAtMs !== undefined) return Number(beganAtMs) - sentAtMs
    }
    throw new Error(`round ${round}: the function did not begin\n${server.logged()}`)
  }

  const cold: number[] = []
  for (let at = 0; at < coldRounds; at += 1) {
    await lambda.updateFunctionConfiguration({ FunctionName, Description: `cold ${at}` })
    cold.push(await once())
  }
  await once()
  const warm: number[] = []
  for (let at = 0; at < warmRounds; at += 1) warm.push(await once())
  process.stdout.write(
    `${goalTable([
      { what: 'PutEvents to function start, warm', atMost: 20, measured: median(warm), unit: ' ms' },
      { what: 'PutEvents to function start, cold', atMost: 250, measured: median(cold), unit: ' ms' },
    ])}\nwarm ${warm.join(' ')}\ncold ${cold.join(' ')}\n`,
  )
} finally {
  await server.kill()
  rmSync(server.directory, { recursive: true, force: true })
}

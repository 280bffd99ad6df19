/**
 * How many messages a second a queue takes, gives and forgets over HTTP: SendMessage, ReceiveMessage and DeleteMessage one after another,
 * each on disk when it is answered, through two workers. Beside it moto's server, which keeps nothing and verifies nothing, and node:http
 * that computes what verifying three signatures takes. All run at once and are measured in turn, round after round; figures are medians.
 * The load generator shares the cores. `BENCH_SECONDS=1 node bench/sqs.ts` for a quick look.
 */
import { bytesOf } from '../test/server-fuzz/socket.ts'
import { send } from '../test/signed-call.ts'
import { calibration } from './calibration.ts'
import { goalTable } from './goals.ts'
import { arithmeticName, type Contender, moto, redoubt, sigv4Arithmetic } from './http/contenders.ts'
import { type Dialogue, putDialogues } from './http/load.ts'
import { signing, sqsCall } from './http/requests.ts'
import { cpuRatio, inRounds, type Lane, planOf, typical } from './http/rounds.ts'
import { table } from './table.ts'

const plan = planOf(Number(process.env['BENCH_SECONDS'] ?? 9))
const clientCounts = [1, 64]
const MessageBody = JSON.stringify({ order: 4711, items: Array.from({ length: 12 }, (_, n) => `item ${n}`) })

/** Prints the rounds and the goals. */
export async function run(): Promise<void> {
  console.log(
    `${plan.rounds} rounds of ${plan.secondsEach.toFixed(1)} s in turn, medians\n${calibration('before')}`,
  )
  const contenders: Contender[] = []
  const lanes: Lane[] = []
  try {
    for (const make of [() => redoubt(2), moto, sigv4Arithmetic]) {
      const made = await make()
      if ('missing' in made) {
        console.log(`NOT MEASURED ${made.missing}`)
        continue
      }
      contenders.push(made)
      lanes.push(...(await lanesOf(made)))
    }
    const measured = await inRounds(lanes, plan)
    console.log(`${calibration('after')}\n`)
    const rounds = (name: string) => measured.get(laneName(name, 64)) ?? []
    const rows = lanes.map(({ name }) => {
      const { perSecond, cpuMicros, p50Ms, p99Ms, failures } = typical(measured.get(name) ?? [])
      const cpu = cpuMicros?.toFixed(0) ?? '–'
      return [
        name,
        Math.round(perSecond).toLocaleString('en'),
        cpu,
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        String(failures),
      ]
    })
    console.log(table(['send + receive + delete', 'a second', 'CPU µs', 'p50 ms', 'p99 ms', 'failed'], rows))
    const goal = {
      what: 'send + receive + delete, 2 workers, 64 clients',
      atLeast: 1_500,
      measured: typical(rounds('redoubt, 2 workers')).perSecond,
      unit: ' a second',
    }
    console.log(`\n${goalTable([goal])}`)
    const ratio = cpuRatio(rounds('redoubt, 2 workers'), rounds(arithmeticName))
    console.log(`\nits CPU is that of ${ratio?.toFixed(1) ?? '–'} times the sums of three signatures`)
  } finally {
    for (const contender of contenders) await contender.end()
  }
}

function laneName(name: string, clients: number): string {
  return `${name}, ${clients} ${clients === 1 ? 'client' : 'clients'}`
}

/** Every number of clients has a queue of its own, so that none meets what another left. */
async function lanesOf(contender: Contender): Promise<readonly Lane[]> {
  const { name, port, pid } = contender
  const lanes: Lane[] = []
  for (const connections of clientCounts) {
    const begin =
      name === arithmeticName ? threeCalls(contender) : await roundsAt(contender, `bench-${connections}`)
    lanes.push({
      name: laneName(name, connections),
      measure: (seconds, warmupSeconds) =>
        putDialogues({ port, pid, connections, begin, seconds, warmupSeconds }),
    })
  }
  return lanes
}

/** Sends a message, receives one (which may be another client's), and deletes that. */
async function roundsAt({ port, credentials }: Contender, QueueName: string): Promise<() => Dialogue> {
  const sign = signing(port, 'sqs', credentials)
  const created = await send({ url: `http://127.0.0.1:${port}` }, sign(sqsCall('CreateQueue', { QueueName })))
  const { QueueUrl } = JSON.parse(created.body) as { readonly QueueUrl: string } // The model's answer.
  const bytes = (operation: string, input: object): Buffer =>
    bytesOf(sign(sqsCall(operation, { QueueUrl, ...input })))
  return function* () {
    yield bytes('SendMessage', { MessageBody })
    for (;;) {
      const { Messages: [message] = [] } = JSON.parse(yield bytes('ReceiveMessage', {})) as Received
      if (!message) continue
      yield bytes('DeleteMessage', { ReceiptHandle: message.ReceiptHandle })
      return
    }
  }
}

/** What the model answers, as far as it is used here. */
interface Received {
  readonly Messages?: readonly { readonly ReceiptHandle: string }[]
}

/** Three requests of the same kind, to whoever reads nothing in them. */
function threeCalls({ port, credentials }: Contender): () => Dialogue {
  const sign = signing(port, 'sqs', credentials)
  const QueueUrl = `http://127.0.0.1:${port}/123456789012/bench`
  const ReceiptHandle = 'A'.repeat(120)
  return function* () {
    yield bytesOf(sign(sqsCall('SendMessage', { QueueUrl, MessageBody })))
    yield bytesOf(sign(sqsCall('ReceiveMessage', { QueueUrl })))
    yield bytesOf(sign(sqsCall('DeleteMessage', { QueueUrl, ReceiptHandle })))
  }
}

if (import.meta.main) await run()

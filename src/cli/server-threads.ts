import { extname } from 'node:path'
import { Worker as Thread } from 'node:worker_threads'
import type { Log } from '#core/log.ts'
import type { RootKeys } from '#core/seal/index.ts'
import type { Give } from '#wire/http1/index.ts'
import { answerOf as answerTo } from './questions.ts'
import type { HandedToWorker, Running, ThreadData } from './start-worker.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** All workers of a server: the first in the main thread, the others in threads of their own. */
export class ServerThreads {
  readonly #first: Running
  readonly #others: readonly Other[]
  #number = 0

  private constructor(first: Running, others: readonly Other[]) {
    this.#first = first
    this.#others = others
  }

  /** Starts the workers that are to run beside the first, in threads that have loaded. */
  static async start(
    first: Running,
    data: ThreadData,
    threads: readonly Thread[],
    handed: (worker: number) => HandedToWorker | undefined,
  ): Promise<ServerThreads> {
    const settings = { ...data.settings, port: first.port }
    const others = threads.map((thread, index) => {
      answerQuestions(thread, first)
      const worker = index + 1
      const ready = said(thread, 'ready')
      tell(thread, { kind: 'start', data: { ...data, settings, worker, handed: handed(worker) } })
      return ready.then(({ descriptor }) => ({ thread, descriptor }))
    })
    return new ServerThreads(first, await Promise.all(others))
  }

  /** Has every worker work with the keys; ends when all of them do. */
  async useRootKeys(keys: RootKeys): Promise<void> {
    const number = ++this.#number
    await Promise.all([
      this.#first.worker.useRootKeys(keys),
      ...this.#others.map(({ thread }) => {
        const answered = answerOf(thread, number)
        tell(thread, { kind: 'root-keys', number, keys })
        return answered
      }),
    ])
  }

  /** What the API listens on, a socket a worker; undefined where one cannot be told. */
  descriptors(): readonly number[] | undefined {
    const all = [this.#first.descriptor(), ...this.#others.map(({ descriptor }) => descriptor)]
    return all.every((one) => one !== undefined) ? all : undefined
  }

  /** Answers what has been asked, and lets go of everything; gives idle connections away, where it is told how. */
  async stop(give?: Give): Promise<void> {
    for (const { thread } of this.#others) thread.removeAllListeners('exit') // It ends as it is told: no death.
    const exits = this.#others.map(({ thread }) => new Promise((resolve) => thread.once('exit', resolve)))
    for (const { thread } of this.#others) {
      if (give) giveFor(thread, give)
      tell(thread, { kind: 'stop', gives: give !== undefined })
    }
    // Calls of the others use what the first has, functions above all: it keeps that until they have been answered.
    await this.#first.stop(give, Promise.all(exits))
  }
}

/** A worker in a thread of its own. */
interface Other {
  readonly thread: Thread
  /** What it listens on. */
  readonly descriptor: number | undefined
}

function giveFor(thread: Thread, give: Give): void {
  thread.on('message', (message: FromWorker) => {
    if (message.kind !== 'give') return
    const { descriptor } = message
    const given = (): void => tell(thread, { kind: 'given', descriptor })
    give(descriptor).then(given, given)
  })
}

/** Starts threads that load their code, and ends when they have. */
export function loadThreads(count: number, log: Log): Promise<readonly Thread[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => loadThread(index + 1, log)))
}

async function loadThread(worker: number, log: Log): Promise<Thread> {
  const thread = new Thread(new URL(`./worker-thread${extname(import.meta.filename)}`, import.meta.url))
  let thrown: NodeJS.ErrnoException | undefined
  thread.once('error', (error: NodeJS.ErrnoException) => {
    thrown = error
  })
  // A worker that dies takes the process along: whoever supervises it starts it anew, with nothing lost.
  thread.once('exit', (code) => {
    log({ level: 'error', event: 'worker-died', worker, code, stack: thrown?.stack })
    // Node's own end waits for threads of V8, one of which may wait for ever on a heap that is no more.
    if (thrown?.code === 'ERR_WORKER_OUT_OF_MEMORY') process.kill(process.pid, 'SIGKILL')
    process.exit(1)
  })
  await said(thread, 'loaded')
  return thread
}

/** Waits for a thread to say something. Faults: what the thread threw. */
function said<Kind extends FromWorker['kind']>(
  thread: Thread,
  kind: Kind,
): Promise<Extract<FromWorker, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromWorker): void => {
      if (message.kind !== kind) return
      thread.off('message', hear)
      resolve(message as Extract<FromWorker, { kind: Kind }>) // It is of that kind.
    }
    thread.on('message', hear)
    thread.once('error', reject)
  })
}

/** Answers what a thread asks of what the first worker runs. */
function answerQuestions(thread: Thread, { worker }: Running): void {
  thread.on('message', (message: FromWorker) => {
    if (message.kind !== 'question') return
    const { number, question } = message
    void answerTo(worker, question).then((answer) => tell(thread, { kind: 'answer', number, answer }))
  })
}

/** A thread that never answers has died, and took the process along. */
function answerOf(thread: Thread, number: number): Promise<void> {
  return new Promise((resolve) => {
    const hear = (message: FromWorker): void => {
      if (message.kind !== 'root-keys-in-use' || message.number !== number) return
      thread.off('message', hear)
      resolve()
    }
    thread.on('message', hear)
  })
}

function tell(thread: Thread, message: ToWorker): void {
  thread.postMessage(message)
}

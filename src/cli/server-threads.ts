import { extname } from 'node:path'
import { Worker as Thread } from 'node:worker_threads'
import type { RootKeys } from '#core/seal/index.ts'
import { answerOf as answerTo } from './questions.ts'
import type { Running, ThreadData } from './start-worker.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** All workers of a server: the first in the main thread, the others in threads of their own. */
export class ServerThreads {
  readonly #first: Running
  readonly #others: readonly Thread[]
  #number = 0

  private constructor(first: Running, others: readonly Thread[]) {
    this.#first = first
    this.#others = others
  }

  /** Starts the workers that are to run beside the first. */
  static async start(first: Running, data: ThreadData, count: number): Promise<ServerThreads> {
    const others: Thread[] = []
    for (let worker = 1; worker < count; worker += 1) {
      const thread = await startThread({ ...data, settings: { ...data.settings, port: first.port }, worker })
      answerQuestions(thread, first)
      others.push(thread)
    }
    return new ServerThreads(first, others)
  }

  /** Has every worker work with the keys; ends when all of them do. */
  async useRootKeys(keys: RootKeys): Promise<void> {
    const number = ++this.#number
    await Promise.all([
      this.#first.worker.useRootKeys(keys),
      ...this.#others.map((thread) => {
        const answered = answerOf(thread, number)
        tell(thread, { kind: 'root-keys', number, keys })
        return answered
      }),
    ])
  }

  async stop(): Promise<void> {
    const exits = this.#others.map((thread) => new Promise((resolve) => thread.once('exit', resolve)))
    for (const thread of this.#others) tell(thread, { kind: 'stop' })
    await Promise.all([this.#first.stop(), ...exits])
  }
}

function startThread(workerData: ThreadData): Promise<Thread> {
  return new Promise((resolve, reject) => {
    const thread = new Thread(new URL(`./worker-thread${extname(import.meta.filename)}`, import.meta.url), {
      workerData,
    })
    thread.once('message', () => resolve(thread))
    thread.once('error', reject)
    // A worker that dies takes the process along: whoever supervises it starts it anew, with nothing lost.
    thread.once('exit', (code) => code !== 0 && process.exit(1))
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

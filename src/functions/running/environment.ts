import { type ChildProcess, spawn } from 'node:child_process'
import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import type { Writable } from 'node:stream'
import type { World } from '#core/world.ts'
import type { FunctionSpec, Invocation, LogLine, Outcome } from '../function-spec.ts'
import { cleanEnvironment, type confine, shellExports } from '../isolation/confinement.ts'
import {
  continueAllOf,
  endProcesses,
  memoryOf,
  type Processes,
  runsOn,
  signalGroup,
  stopAllOf,
} from '../isolation/processes.ts'
import { bounds, quotas } from '../quotas.ts'
import { complaint, Output } from './output.ts'
import type { PieceQueue } from './piece-queue.ts'
import type { RuntimeCalls } from './runtime-api.ts'

interface Parts {
  readonly spec: FunctionSpec
  readonly world: Pick<World, 'nowMs' | 'elapsedMs' | 'after'>
  readonly launch: ReturnType<typeof confine>
  readonly variables: Readonly<Record<string, string>>
  readonly folder: string
  /** Of descriptors that must not reach it. */
  readonly covered: readonly (number | 'ignore')[]
  /** Of its own, where it has one. */
  readonly user: { readonly user: number; readonly group: number; readonly namespace: boolean } | undefined
  readonly tracing: boolean
  readonly log: (line: LogLine) => void
  /** It asks for work for the first time, or has ended before. */
  readonly onStarted: () => void
  /** Its processes have ended, or could not be: `clean`. */
  readonly onEnd: (clean: boolean) => void
}

type Settled = Extract<Outcome, { kind: 'success' | 'function-error' }>

/** One invocation that is under way. */
interface Work {
  readonly invocation: Invocation
  readonly startedAtMs: number
  readonly settle: (outcome: Settled) => void
  disarm: () => void
  given: boolean
  finishing: boolean
  /** Asked once, when an answer begins that comes in pieces; undefined: it is gathered. */
  readonly begin: ((contentType: string | undefined) => PieceQueue) | undefined
}

/** How an invocation ended, before it is told. */
interface Ending {
  readonly kind: 'success' | 'function-error'
  readonly payload: Uint8Array
  readonly contentType?: string | undefined
  /** Ends of REPORT lines. */
  readonly status?: string
  /** A line of its own before END. */
  readonly line?: string
  /** The environment is not used again. */
  readonly fatal?: boolean
}

/**
 * One process of a function with its children: started for an invocation, used for one at a time, frozen in between.
 * State: starting -> busy <-> idle -> ended.
 */
export class Environment implements RuntimeCalls {
  readonly spec: FunctionSpec
  readonly processes: Processes
  readonly #parts: Parts
  readonly #child: ChildProcess
  readonly #output: Output
  readonly #startedAtMs: number
  #initMs: number | undefined
  #waiting: ServerResponse | undefined
  #work: Work | undefined
  /** Whoever started it has not used it yet, and nobody else may. */
  #fresh = true
  #ended = false
  #ending: Promise<void> | undefined
  /** Since it had its last work, nothing of it was seen to run. */
  #isAtRest = false
  #areAllStopped = false
  /** Units: bytes. */
  #memoryMax = 0
  /** The end of what it wrote to its error output: a runtime that has no memory left says so there before it ends. */
  #lastWords = ''

  constructor(parts: Parts) {
    const { spec, world, launch, variables, folder, covered, user } = parts
    this.spec = spec
    this.#parts = parts
    this.#startedAtMs = world.elapsedMs()
    this.#output = new Output(world.nowMs, parts.log)
    this.#child = spawn(launch.file, launch.args, {
      ...launch.user,
      cwd: folder,
      env: cleanEnvironment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...covered],
    })
    // First of all: where it could not be started, what follows may find neither a process nor a pipe.
    this.#child.once('error', () => void this.#exited(undefined, undefined))
    this.#child.once('exit', (code, signal) => void this.#exited(code ?? undefined, signal ?? undefined))
    const leader = this.#child.pid ?? 0
    this.processes = user ? { kind: 'of-user', ...user, leader } : { kind: 'group', leader }
    this.#child.stdout?.on('data', (piece: Buffer) => this.#output.write('out', piece))
    this.#child.stderr?.on('data', (piece: Buffer) => {
      this.#lastWords = `${this.#lastWords}${piece.toString('latin1')}`.slice(-lastWordsMax)
      this.#output.write('err', piece)
    })
    const stdio: readonly unknown[] | undefined = this.#child.stdio // Undefined where no descriptor is left, whatever the type says.
    const environment = stdio?.[3] as Writable | undefined // A pipe, as asked for above.
    environment?.on('error', () => undefined) // It ended before it read: `exit` tells.
    environment?.end(shellExports(variables))
  }

  get isIdle(): boolean {
    return !this.#ended && !this.#fresh && this.#work === undefined
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** Runs one invocation; an environment that is not idle takes none. */
  run(invocation: Invocation, begin?: Work['begin']): Promise<Settled> {
    const { world, spec } = this.#parts
    return new Promise((settle) => {
      this.#fresh = false
      this.#output.begin()
      this.#lastWords = ''
      const startedAtMs = world.elapsedMs()
      const work: Work = {
        invocation,
        startedAtMs,
        settle,
        disarm: () => undefined,
        given: false,
        finishing: false,
        begin,
      }
      this.#work = work
      if (this.#initMs !== undefined) this.#goOn()
      this.#output.say(`START RequestId: ${invocation.requestId} Version: ${spec.version}`)
      // While it starts it has the longer of both; once it asks for work, its own time.
      const startMs =
        this.#initMs === undefined ? Math.max(quotas.initMs, spec.timeoutSec * 1000) : spec.timeoutSec * 1000
      work.disarm = world.after(startMs, () => this.#timedOut())
      if (this.#ended) void this.#exited(undefined, undefined)
      else this.#give()
    })
  }

  /** Stops what left the group that is stopped between invocations: as a look at it, which finds nothing most of the time. */
  rest(): void {
    if (this.#isAtRest || this.processes.kind === 'group') return
    this.#isAtRest = !runsOn(this.processes.user)
    if (this.#isAtRest) return
    stopAllOf(this.processes)
    this.#areAllStopped = true
  }

  #goOn(): void {
    if (this.#areAllStopped && this.processes.kind === 'of-user') continueAllOf(this.processes.user)
    this.#areAllStopped = false
    this.#isAtRest = false
    signalGroup(this.processes.leader, 'SIGCONT')
  }

  next(response: ServerResponse): void {
    const { world } = this.#parts
    this.#waiting?.destroy()
    this.#waiting = response
    response.once('close', () => {
      if (this.#waiting === response) this.#waiting = undefined
    })
    if (this.#initMs === undefined) {
      this.#initMs = world.elapsedMs() - this.#startedAtMs
      this.#parts.onStarted()
      if (this.#work) {
        this.#work.disarm()
        this.#work.disarm = world.after(this.spec.timeoutSec * 1000, () => this.#timedOut())
      }
    }
    if (this.#work) this.#give()
    else this.#freeze()
  }

  /** Nothing runs that nobody asked for. */
  #freeze(): void {
    signalGroup(this.processes.leader, 'SIGSTOP')
  }

  isCurrent(requestId: string): boolean {
    return (
      this.#work?.given === true && !this.#work.finishing && this.#work.invocation.requestId === requestId
    )
  }

  beginStream(contentType: string | undefined): PieceQueue | undefined {
    return this.#work?.begin?.(contentType)
  }

  responded(payload: Buffer, contentType: string | undefined): void {
    void this.#finish({ kind: 'success', payload, contentType })
  }

  failed(payload: Buffer): void {
    void this.#finish({ kind: 'function-error', payload })
  }

  failedToStart(payload: Buffer, errorType: string | undefined): void {
    void this.#finish({
      kind: 'function-error',
      payload,
      status: `Status: error\tError Type: ${errorType ?? 'Runtime.Unknown'}`,
      fatal: true,
    })
  }

  tooLarge(bytesMax: number): void {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${bytesMax} bytes).`
    void this.#finish({
      ...errorEnding('Function.ResponseSizeTooLarge', errorMessage),
      status: 'Status: error\tError Type: Function.ResponseSizeTooLarge',
      fatal: true,
    })
  }

  /** Tells how much memory it has for itself now; ends it when that is more than it may. */
  sawMemory(bytes: number): void {
    this.#memoryMax = Math.max(this.#memoryMax, bytes)
    if (bytes > this.#memoryBytes) this.#ranOutOfMemory()
  }

  /** Tells what its /tmp takes; ends it when that is more than it may. */
  sawStorage(bytes: number | 'too-many'): void {
    if (bytes !== 'too-many' && bytes <= this.spec.storageMiB * 1024 * 1024) return
    const line = `[ERROR] /tmp holds more than ${this.spec.storageMiB} MB or ${bounds.storageEntries} files`
    this.#broke('Runtime.ExitError', 'signal: killed', line)
  }

  /** Ends all that runs of it; whoever asks again waits for the same. */
  end(): Promise<void> {
    return (this.#ending ??= this.#end())
  }

  async #end(): Promise<void> {
    this.#ended = true
    this.#parts.onStarted()
    this.#waiting?.destroy()
    const clean = await endProcesses(this.processes)
    this.#parts.onEnd(clean)
  }

  #give(): void {
    const [response, work] = [this.#waiting, this.#work]
    if (!response || !work || work.given) return
    this.#waiting = undefined
    work.given = true
    const { requestId, payload, invokedArn, traceHeader, clientContext } = work.invocation
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': payload.length,
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(this.#parts.world.nowMs() + this.spec.timeoutSec * 1000),
      'lambda-runtime-invoked-function-arn': invokedArn,
      'lambda-runtime-trace-id': traceHeader,
      ...(clientContext !== undefined && { 'lambda-runtime-client-context': clientContext }),
    })
    response.end(payload)
  }

  #timedOut(): void {
    const requestId = this.#work?.invocation.requestId ?? ''
    const message = `Task timed out after ${this.spec.timeoutSec.toFixed(2)} seconds`
    void this.#finish({
      ...errorEnding('Sandbox.Timedout', `RequestId: ${requestId} Error: ${message}`),
      status: 'Status: timeout',
      line: `${new Date(this.#parts.world.nowMs()).toISOString()} ${requestId} ${message}`,
      fatal: true,
    })
  }

  #broke(errorType: string, how: string, line: string | undefined): void {
    const requestId = this.#work?.invocation.requestId ?? ''
    const ending = errorEnding(errorType, `RequestId: ${requestId} Error: Runtime exited with error: ${how}`)
    void this.#finish({
      ...ending,
      status: `Status: error\tError Type: ${errorType}`,
      fatal: true,
      ...(line !== undefined && { line }),
    })
  }

  get #memoryBytes(): number {
    return this.spec.memoryMiB * 1024 * 1024
  }

  /**
   * Source: Lambda Developer Guide, "Troubleshoot execution issues in Lambda", "Lambda: Memory"; the REPORT line then shows all that there is.
   * Differs: AWS tells of a full heap of Node as `signal: aborted`; here whatever ends a function for want of memory is told alike.
   */
  #ranOutOfMemory(): void {
    this.#memoryMax = this.#memoryBytes
    this.#broke('Runtime.OutOfMemory', 'signal: killed', undefined)
  }

  /** Waits for what an ended process said at last; whoever it started may hold the pipe open for longer. */
  async #lastSaid(): Promise<void> {
    const { stderr } = this.#child
    if (!stderr || stderr.closed) return
    await new Promise<void>((resolve) => {
      const cut = this.#parts.world.after(lastWordsMsMax, resolve)
      stderr.once('close', () => {
        cut()
        resolve()
      })
    })
  }

  async #exited(code: number | undefined, exitSignal: string | undefined): Promise<void> {
    await this.#lastSaid()
    const signal = exitSignal ?? (code !== 0 && this.#lastWords.includes(complaint) ? 'SIGKILL' : undefined)
    const isShort = outOfMemory.test(this.#lastWords) || this.#memoryMax > nearlyAll * this.#memoryBytes
    if (signal !== undefined && crashes.has(signal) && isShort) this.#ranOutOfMemory()
    else if (code === 0) this.#broke('Runtime.ExitError', 'exit status 0', undefined)
    else this.#broke('Runtime.ExitError', signal ? signalName(signal) : `exit status ${code ?? 1}`, undefined)
  }

  async #finish({ status, line, fatal = false, ...ending }: Ending): Promise<void> {
    const work = this.#work
    if (!work) {
      if (fatal) await this.end()
      return
    }
    if (work.finishing || (!work.given && !fatal)) return // What was not asked, or has been answered.
    work.finishing = true
    work.disarm()
    const endedAtMs = this.#parts.world.elapsedMs()
    if (this.#memoryMax === 0) this.#memoryMax = memoryOf([this.processes])[0] ?? 0
    if (fatal) await this.end()
    // What it wrote before it answered is in the pipes by now.
    await turn()
    await turn()
    this.#output.flush()
    if (line !== undefined) this.#output.say(line)
    this.#output.say(`END RequestId: ${work.invocation.requestId}`)
    this.#output.say(this.#report(work, endedAtMs, status))
    this.#work = undefined
    if (this.#waiting) this.#freeze() // It asked for more before this was told.
    work.settle({ ...ending, logTail: this.#output.tail })
  }

  /** Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs", the REPORT line. */
  #report({ invocation, startedAtMs }: Work, endedAtMs: number, status: string | undefined): string {
    const firstMs = this.#reportedInit ? 0 : (this.#initMs ?? 0)
    const durationMs = Math.max(0, endedAtMs - Math.max(startedAtMs, this.#startedAtMs + firstMs))
    const parts = [
      `REPORT RequestId: ${invocation.requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.max(1, Math.ceil(durationMs + firstMs))} ms`,
      `Memory Size: ${this.spec.memoryMiB} MB`,
      `Max Memory Used: ${Math.ceil(this.#memoryMax / 1024 / 1024)} MB`,
      ...(this.#reportedInit || this.#initMs === undefined
        ? []
        : [`Init Duration: ${this.#initMs.toFixed(2)} ms`]),
      ...(this.#parts.tracing
        ? [`XRAY TraceId: ${/Root=([^;]+)/.exec(invocation.traceHeader)?.[1] ?? ''}`]
        : []),
      ...(status === undefined ? [] : [status]),
    ]
    this.#reportedInit = true
    return `${parts.join('\t')}\t`
  }

  #reportedInit = false
}

/** Units: characters. */
const lastWordsMax = 16_384
/** How long they are waited for once the process has ended. Units: milliseconds. */
const lastWordsMsMax = 500
/** What V8, C++ and the system say. */
const outOfMemory =
  /(?:heap|JavaScript|process) out of memory|Allocation failed|bad_alloc|Cannot allocate memory/i
/** How a program ends that could not have memory: as its runtime ends it, by what it did without, or by the kernel. */
const crashes: ReadonlySet<string> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV', 'SIGBUS', 'SIGKILL'])
/** Of its memory: it was seen shortly before. */
const nearlyAll = 0.8

function errorEnding(errorType: string, errorMessage: string): Pick<Ending, 'kind' | 'payload'> {
  return { kind: 'function-error', payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) }
}

/** `signal: killed`, as AWS's runtime writes them. */
function signalName(signal: string): string {
  const names: Readonly<Record<string, string>> = {
    SIGKILL: 'killed',
    SIGSEGV: 'segmentation fault',
    SIGABRT: 'aborted',
    SIGTERM: 'terminated',
    SIGILL: 'illegal instruction',
    SIGTRAP: 'trace/breakpoint trap',
  }
  return `signal: ${names[signal] ?? signal.toLowerCase()}`
}

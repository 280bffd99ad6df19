import { mkdir, chown, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { type ConnectionSink, type Owner, watchConnections } from './connections/index.ts'
import { BadArchive } from './code/archive.ts'
import type { CodeStore } from './code/code-store.ts'
import type {
  FunctionSpec,
  Invocation,
  LogSink,
  Outcome,
  Provided,
  StreamedOutcome,
} from './function-spec.ts'
import { type Ground, layGround } from './ground.ts'
import { confine, type Platform } from './isolation/confinement.ts'
import { memoryOf } from './isolation/processes.ts'
import { removeTree } from './isolation/remove-tree.ts'
import { storageOf } from './isolation/storage.ts'
import { bounds } from './quotas.ts'
import { Environment } from './running/environment.ts'
import { PieceQueue } from './running/piece-queue.ts'
import type { RuntimeApi } from './running/runtime-api.ts'
import { Starts } from './running/starts.ts'
import { environmentOf } from './running/variables.ts'
import { interpreterArguments } from './runtimes/arguments.ts'
import type { RuntimeName } from './runtimes/runtimes.ts'

/** Runs functions: in one place of a server; the others ask there. */
export interface FunctionHost {
  /** Runs an invocation to its end. It never rejects. */
  invoke(spec: FunctionSpec, invocation: Invocation): Promise<Outcome>
  /** Runs an invocation whose answer is read while it is made. It never rejects. */
  stream(spec: FunctionSpec, invocation: Invocation): Promise<StreamedOutcome>
  /** The runtimes that this machine can serve; undefined while it can run no function, of which the log tells. */
  runtimes(): Promise<readonly RuntimeName[] | undefined>
}

/** Where no function runs: a command that works on a data directory by itself. */
export const noFunctions: FunctionHost = {
  invoke: () => Promise.resolve({ kind: 'unavailable', message: 'No function runs here.' }),
  stream: () => Promise.resolve({ kind: 'unavailable', message: 'No function runs here.' }),
  runtimes: () => Promise.resolve([]),
}

/** The host itself, which whoever made it closes. */
export interface RunningFunctionHost extends FunctionHost {
  /** What keeps functions apart here; undefined as above. */
  platform(): Promise<Platform | undefined>
  /** How long invocations that are under way may take yet. Units: milliseconds. */
  leftMs(): number
  /** Ends all functions, and leaves nothing behind. */
  close(): Promise<void>
}

export interface HostParts {
  readonly world: World
  readonly log: Log
  readonly code: CodeStore
  /** Opens what an environment is given. */
  readonly provide: (spec: FunctionSpec) => Promise<Provided>
  readonly sink: LogSink
  /** `http://127.0.0.1:4566`: where functions call back; undefined while nothing listens. */
  readonly endpointUrl: () => string | undefined
  /** The Node that runs Redoubt. */
  readonly node?: string
  /** Who wants to know of the connections that functions make by themselves. They are told apart by their users: as root alone. */
  readonly connections?: ConnectionSink
  /** Whether functions run from which Redoubt's own files are not kept: python where Redoubt is not root. For tests alone. */
  readonly allowUnconfined?: boolean
  /** Where functions live: a test's own folders. */
  readonly places?: readonly string[]
}

interface Prepared extends Ground {
  readonly watch: { close(): Promise<void> } | undefined
  readonly stopRefreshing: () => void
}

interface Slot {
  readonly environment: Environment
  readonly expiresAtMs: number
  readonly tmp: string
  /** By a clock that nobody sets. */
  idleSinceMs: number
  /** Its /tmp is being looked at. */
  isLookedAt: boolean
  /** Once it has ended: ends when nothing of it is left, and its user is free. */
  removed?: Promise<void>
}

/** Source: our own. An environment whose credentials end so soon is not used again. Units: milliseconds. */
const credentialsLeftMs = 300_000

export function createFunctionHost(parts: HostParts): RunningFunctionHost {
  const { world, log, provide, sink } = parts
  const slots = new Set<Slot>()
  /** Invocations under way, by function. */
  const running = new Map<string, number>()
  const deadlines = new Set<{ readonly atMs: number }>()
  let total = 0
  let begun = 0
  let starting = 0
  const starts = new Starts(world, bounds.starts)
  let closed = false
  let ground: Promise<Prepared | undefined> | undefined
  const freeUsers: number[] = []
  /** Under way: of what environments had for themselves. */
  const removals = new Set<Promise<void>>()

  async function prepare(): Promise<Prepared> {
    const made = await layGround({
      code: parts.code,
      node: parts.node ?? process.execPath,
      places: parts.places,
    })
    const { platform, runtimes, api, users } = made
    for (let index = 0; index < bounds.environments; index += 1) freeUsers.push(users.first + index)
    log({ level: 'info', event: 'functions-ready', ...platform, runtimes: [...runtimes.keys()].join() })
    const watch =
      parts.connections && platform.ownUser
        ? watchConnections({
            ...{ world, log, sink: parts.connections, running: owners },
            activity: () => ({ working: total > 0, begun }),
            ownPorts: () => ports(api),
          })
        : undefined
    const stopRefreshing = world.every(bounds.refreshMs, () => void made.refresh())
    return { ...made, watch, stopRefreshing }
  }

  /** Undefined where it could not be made; whoever needs it next has it tried again. */
  function grounded(): Promise<Prepared | undefined> {
    return (ground ??= prepare().catch((error: unknown) => {
      ground = undefined
      log({ level: 'error', event: 'functions-not-ready', reason: String(error), told: whatToDo })
      return undefined
    }))
  }

  /** Whose each user is. */
  function owners(): ReadonlyMap<number, Owner> {
    const found = new Map<number, Owner>()
    for (const { environment } of slots)
      if (environment.processes.kind === 'of-user') found.set(environment.processes.user, environment.spec)
    return found
  }

  /** Where functions reach Redoubt itself. */
  function ports({ address }: RuntimeApi): readonly number[] {
    const urls = [`http://${address}`, parts.endpointUrl()].filter((url) => url !== undefined)
    return urls.map((url) => Number(new URL(url).port))
  }

  const stopWatching = world.every(bounds.watchMs, () => {
    const busy = [...slots].filter(({ environment }) => !environment.isIdle && !environment.hasEnded)
    if (busy.length > 0) {
      const memory = memoryOf(busy.map(({ environment }) => environment.processes))
      for (const [index, { environment }] of busy.entries()) environment.sawMemory(memory[index] ?? 0)
      for (const slot of busy) lookAtStorage(slot)
    }
    for (const { environment, idleSinceMs } of slots) {
      if (!environment.isIdle) continue
      environment.rest()
      if (world.elapsedMs() - idleSinceMs > bounds.idleMs) void environment.end()
    }
  })

  /** One look at a time: those at many files take longer than the time between two. */
  function lookAtStorage(slot: Slot): void {
    if (slot.isLookedAt) return
    slot.isLookedAt = true
    void storageOf(slot.tmp, bounds.storageEntries).then((bytes) => {
      slot.isLookedAt = false
      return slot.environment.sawStorage(bytes)
    })
  }

  function idleSlot(spec: FunctionSpec): Slot | undefined {
    let found: Slot | undefined
    const soonMs = world.nowMs() + credentialsLeftMs + spec.timeoutSec * 1000
    for (const slot of slots) {
      const { environment } = slot
      if (!environment.isIdle) continue
      const same = environment.spec.key === spec.key
      if (same && slot.expiresAtMs > soonMs) found = slot
      else if (same || isReplaced(environment.spec, spec)) void environment.end()
    }
    return found
  }

  /** Makes an environment; one that is idle makes room where there are too many. */
  async function start(spec: FunctionSpec, onStarted: () => void): Promise<Slot | Outcome> {
    const made = await grounded()
    if (!made) return { kind: 'unavailable', message: notReady }
    const { folder, platform, runtimes, api, unpacked, covered } = made
    const interpreter = runtimes.get(spec.runtime)
    if (!interpreter)
      return { kind: 'unavailable', message: `This machine has nothing that runs ${spec.runtime}.` }
    if (!platform.ownUser && interpreter.language === 'python' && parts.allowUnconfined !== true)
      return { kind: 'unavailable', message: unconfined }
    if (slots.size + starting >= bounds.environments) {
      const idle = [...slots].find(({ environment }) => environment.isIdle)
      if (!idle) return { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' }
      await idle.environment.end()
      await idle.removed
    }
    const user = freeUsers.shift()
    if (user === undefined) return { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' }
    let acquiring: ReturnType<typeof unpacked.acquire> | undefined
    // Also of what has not come yet where something else failed before.
    const release = (): void => void acquiring?.then((code) => code.release()).catch(() => undefined)
    const tmp = join(folder, `tmp-${user}-${world.randomBytes(4).toString('hex')}`)
    starting += 1
    try {
      acquiring = unpacked.acquire(spec.code, spec.layers)
      const [provided, code] = await Promise.all([provide(spec), acquiring])
      if (!provided.ok) {
        freeUsers.push(user)
        release()
        return { kind: 'not-provided', reason: provided.reason, message: provided.message }
      }
      await mkdir(tmp, { mode: 0o700 })
      if (platform.ownUser) await chown(tmp, user, code.group)
      await chmod(tmp, 0o700)
      const secret = world.randomBytes(24).toString('base64url')
      const logStream = logStreamName(world, spec.version)
      const seen = platform.namespaces ? { tmp: '/tmp', opt: '/opt' } : { tmp, opt: code.opt }
      const target = { ...pick(spec), logStream }
      const environment: Environment = new Environment({
        spec,
        world,
        launch: confine({
          platform,
          user,
          group: code.group,
          tmp,
          opt: code.opt,
          memoryMiB: spec.memoryMiB,
          storageMiB: spec.storageMiB,
          command: interpreterArguments({ interpreter, spec, folder, task: code.task, ...seen, platform }),
        }),
        variables: environmentOf({
          spec,
          credentials: provided.credentials,
          variables: provided.variables,
          logStream,
          task: code.task,
          ...seen,
          runtimeFolder: folder,
          isConfinedByNode: !platform.ownUser && interpreter.language === 'nodejs',
          runtimeApi: `${api.address}/${secret}`,
          endpointUrl: parts.endpointUrl(),
        }),
        folder: code.task,
        covered,
        user: platform.ownUser ? { user, group: code.group, namespace: platform.namespaces } : undefined,
        tracing: true,
        log: (line) => sink(target, line),
        onStarted,
        onEnd(clean) {
          slots.delete(slot)
          shut()
          code.release()
          slot.removed = remove(tmp, clean ? user : undefined)
          if (!clean) log({ level: 'error', event: 'function-processes-left', user })
        },
      })
      const shut = api.open(secret, environment)
      const { expiresAtMs } = provided.credentials
      const slot: Slot = { environment, expiresAtMs, tmp, idleSinceMs: 0, isLookedAt: false }
      slots.add(slot)
      return slot
    } catch (error) {
      release()
      await remove(tmp, user)
      if (!(error instanceof BadArchive))
        log({ level: 'error', event: 'function-not-started', reason: String(error) })
      return { kind: 'unavailable', message: 'The function could not be started.' }
    } finally {
      starting -= 1
    }
  }

  /** Removes what an environment had for itself; whose it was is free only then. */
  function remove(tmp: string, user: number | undefined): Promise<void> {
    const removal = removeTree(tmp)
      .then(() => user !== undefined && freeUsers.push(user))
      .catch((error: unknown) =>
        log({ level: 'error', event: 'function-folder-left', folder: tmp, reason: String(error) }),
      )
      .then(() => void removals.delete(removal))
    removals.add(removal)
    return removal
  }

  async function run(spec: FunctionSpec, invocation: Invocation, begin?: Begin): Promise<Outcome> {
    let slot = idleSlot(spec)
    while (!slot) {
      const handBack = starts.take()
      if (handBack) {
        const made = await start(spec, handBack)
        if ('environment' in made) slot = made
        else {
          handBack()
          return made
        }
      } else {
        await starts.change()
        if (closed) return stopping
        slot = idleSlot(spec)
      }
    }
    const outcome = await slot.environment.run(invocation, begin)
    slot.idleSinceMs = world.elapsedMs()
    starts.changed()
    return outcome
  }

  async function runCounted(spec: FunctionSpec, invocation: Invocation, begin?: Begin): Promise<Outcome> {
    const mine = running.get(spec.functionArn) ?? 0
    if (closed) return stopping
    if (spec.reserved !== undefined && mine >= spec.reserved)
      return { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }
    if (total >= bounds.environments)
      return { kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' }
    running.set(spec.functionArn, mine + 1)
    total += 1
    begun += 1
    const deadline = { atMs: world.elapsedMs() + spec.timeoutSec * 1000 }
    deadlines.add(deadline)
    try {
      return await run(spec, invocation, begin)
    } finally {
      deadlines.delete(deadline)
      total -= 1
      const left = (running.get(spec.functionArn) ?? 1) - 1
      if (left > 0) running.set(spec.functionArn, left)
      else running.delete(spec.functionArn)
    }
  }

  return {
    invoke: (spec, invocation) => runCounted(spec, invocation),

    stream(spec, invocation) {
      const queue = new PieceQueue(bounds.streamWaitingBytes)
      return new Promise((resolve) => {
        let begun = false
        const begin: Begin = (contentType) => {
          begun = true
          resolve({ kind: 'streaming', contentType, stream: queue })
          return queue
        }
        const finish = async (): Promise<void> => {
          const outcome = await runCounted(spec, invocation, begin)
          if (outcome.kind === 'success') {
            if (!begun) begin(outcome.contentType).push(outcome.payload) // A function that answers as a whole.
            queue.end({ logTail: outcome.logTail })
          } else if (!begun) resolve(outcome)
          else
            queue.end(
              outcome.kind === 'function-error'
                ? { error: outcome.payload, logTail: outcome.logTail }
                : { error: Buffer.from('{}'), logTail: '' },
            )
        }
        void finish()
      })
    },

    async runtimes() {
      const made = await grounded()
      return made && [...made.runtimes.keys()]
    },

    async platform() {
      return (await grounded())?.platform
    },

    leftMs: () => Math.max(0, ...[...deadlines].map(({ atMs }) => atMs - world.elapsedMs())),

    async close() {
      closed = true
      starts.changed()
      stopWatching()
      const made = await ground
      made?.stopRefreshing()
      await Promise.all([...slots].map(({ environment }) => environment.end()))
      await made?.watch?.close()
      await Promise.all(removals)
      await made?.undo()
    },
  }
}

/** Says where the pieces of an answer go, once it begins. */
type Begin = (contentType: string | undefined) => PieceQueue

const stopping: Outcome = { kind: 'unavailable', message: 'The server stops.' }
const notReady = 'Functions cannot run on this machine now; its log says why.'
const whatToDo =
  'it is tried again when a function is next needed; redoubt doctor says what functions need of this machine'

const unconfined =
  'Redoubt does not run as root here, so a python function could read what Redoubt keeps: it is not started.'

/** Another configuration or code of the same version took its place. */
function isReplaced(old: FunctionSpec, spec: FunctionSpec): boolean {
  return old.functionArn === spec.functionArn && old.version === spec.version && old.key !== spec.key
}

function pick({ account, functionArn, region, roleArn, logGroup }: FunctionSpec) {
  return { account, functionArn, region, roleArn, logGroup }
}

/** `2026/01/02/[$LATEST]0f3c…`. Source: Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs". */
function logStreamName({ nowMs, randomBytes }: World, version: string): string {
  const day = new Date(nowMs()).toISOString().slice(0, 10).replaceAll('-', '/')
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`
}

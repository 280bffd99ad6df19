import type { Target } from '#core/front-door.ts'
import type { Attempt, Door, Route } from '../door.ts'
import type { RequestRecord } from '../record.ts'
import type { EdgeAnswer, Header } from '../request.ts'
import type { AnswerHead } from './answer-head.ts'
import type { Client } from './client.ts'
import { fieldLines, isWebSocket } from './head-text.ts'
import { pageOf } from './pages.ts'
import { logBug, type Shared } from './shared.ts'
import { traceId } from './trace-id.ts'
import type { AnswerListener, Upstream, UpstreamFailure } from './upstream.ts'

type Actions = RequestRecord['actions']
type Forwarding = Extract<Route, { readonly kind: 'forward' }>

const nothing: Buffer = Buffer.alloc(0)
const noHeaders: readonly Header[] = []

/**
 * One request's way: door, web ACL (which may want to see the body's first bytes), the listener's rules, then an answer or a target.
 * One automaton, and therefore one long class: each event may find it in each state.
 * State: gathering the body -> routing -> asking a target -> answering -> over. However it ends, it is recorded once.
 */
export class Exchange implements AnswerListener {
  readonly #client: Client
  readonly #shared: Shared
  readonly #trace: string
  #door: Door | undefined
  #state: 'gathering' | 'routing' | 'asking' | 'answering' | 'joined' | 'over' = 'routing'
  /** The body's first pieces, kept until a target has begun to answer: another target may have to be asked. */
  #held: Buffer[] = []
  #heldBytes = 0
  #bodyEnded = false
  /** Pieces went to the target that are not kept. */
  #unrepeatable = false
  #judgement: RequestRecord['judgement']
  #inserted: readonly Header[] = noHeaders
  #actions: Actions = []
  #route: Route | undefined
  #tried: Set<Target> | undefined
  #attempt: Attempt | undefined
  #upstream: Upstream | undefined
  #ended: (() => void) | undefined
  #targetStatus: number | undefined
  #targetError: UpstreamFailure | undefined
  #status = 0
  #errorReason: string | undefined
  #askedAtMs = 0
  #answeredAtMs = 0
  #quietSinceMs: number

  constructor(client: Client, shared: Shared) {
    this.#client = client
    this.#shared = shared
    this.#quietSinceMs = client.request.receivedAtMs
    this.#trace = traceId(client.request, shared.world)
    this.#bodyEnded = client.bodyLength === 0
  }

  /** The front door that it came by, once that is known. */
  get door(): Door | undefined {
    return this.#door
  }

  begin(): void {
    this.#guarded(() => this.#find())
  }

  // What the client tells.

  readonly onBody = (piece: Buffer): void => {
    this.#quiet()
    if (this.#state === 'gathering') {
      this.#hold(piece)
      if (this.#heldBytes > (this.#door?.guard?.bodyBytesMax ?? 0)) this.#judgeHeld()
      return
    }
    if (this.#state === 'asking' || this.#state === 'answering') this.#toTarget(piece)
  }

  readonly onBodyEnd = (): void => {
    this.#bodyEnded = true
    if (this.#state === 'gathering') return this.#judgeHeld()
    if (this.#upstream && this.#client.bodyLength === 'unknown') this.#upstream.write('0\r\n\r\n')
  }

  readonly onClientDrained = (): void => {
    this.#quiet()
    this.#upstream?.resume()
  }

  /** The client has gone, or broken its message off. */
  readonly onGone = (): void => {
    if (this.#state === 'over') return
    if (this.#status === 0) this.#status = 460
    this.#upstream?.cut()
    this.#finish()
  }

  /** Malformed in its body: answered by whoever reads it, and recorded here. */
  readonly onMalformed = (status: number): void => {
    if (this.#state === 'over') return
    if (this.#status === 0) this.#status = status
    this.#upstream?.cut()
    this.#finish()
  }

  /** To be called once a second: a target that says nothing for the idle timeout gave no answer. */
  sweep(nowMs: number): void {
    if (this.#state !== 'asking' && this.#state !== 'answering') return
    const idleMs = (this.#door?.frontDoor.attributes.idleTimeoutSec ?? 60) * 1000
    const waited = nowMs - this.#quietSinceMs
    if (waited > idleMs || (this.#upstream?.connected === false && waited > this.#shared.limits.connectMsMax))
      this.#upstream?.timeOut()
  }

  // The way.

  #find(): void {
    const { request, port } = this.#client
    const { host, scheme, tls, client } = request
    const door = this.#shared.doors().find({ port, scheme, host, serverName: tls?.serverName })
    if (door === undefined) return this.#withoutDoor(404)
    if (!door.admits(client.address)) {
      this.#state = 'over'
      return this.#client.fail()
    }
    this.#door = door
    if (!this.#shared.mayRequest(client.address)) return this.#refuse(429, 'TooManyRequests')
    const ambiguous = this.#classification().is === 'Ambiguous'
    const { desyncMitigationMode } = door.frontDoor.attributes
    if (ambiguous && desyncMitigationMode === 'strictest') return this.#refuse(400)
    if (ambiguous && desyncMitigationMode === 'defensive') this.#client.closeAfter()
    if (door.guard === undefined) return this.#goOn()
    if (this.#bodyEnded) return this.#judge(nothing, false)
    this.#state = 'gathering'
    this.#client.resumeBody()
  }

  #judgeHeld(): void {
    this.#client.pauseBody()
    const max = this.#door?.guard?.bodyBytesMax ?? 0
    const bytes = this.#held.length === 1 ? (this.#held[0] ?? nothing) : Buffer.concat(this.#held)
    this.#guarded(() => this.#judge(bytes.subarray(0, max), bytes.length > max || !this.#bodyEnded))
  }

  #judge(bytes: Uint8Array, cut: boolean): void {
    const guard = this.#door?.guard
    if (guard === undefined) return this.#goOn()
    const { judgement, answer, insertedHeaders } = guard.judge(this.#client.request, { bytes, cut })
    this.#judgement = judgement
    this.#inserted = insertedHeaders
    if (judgement !== undefined) this.#actions = ['waf']
    if (answer === undefined) this.#goOn()
    else this.#answer(answer)
  }

  #goOn(): void {
    this.#state = 'routing'
    const route = this.#door?.route(this.#client.request)
    if (route instanceof Promise) {
      route.then(
        (late) => this.#guarded(() => this.#routed(late)),
        (error: unknown) => this.#bug(error),
      )
    } else if (route) this.#routed(route)
  }

  #routed(route: Route): void {
    if (this.#state === 'over') return
    this.#route = route
    this.#actions = [...this.#actions, ...route.actions]
    if (route.kind === 'answer') {
      this.#errorReason = route.errorReason
      return this.#answer(route.answer)
    }
    this.#ask(route)
  }

  #ask(route: Forwarding): void {
    const attempt = route.pick((this.#tried ??= new Set()))
    if (attempt === undefined) return this.#refuse(this.#failureStatus() ?? 503)
    this.#attempt = attempt
    this.#tried.add(attempt.target)
    this.#state = 'asking'
    this.#quiet()
    this.#askedAtMs = this.#quietSinceMs
    this.#ended = attempt.begin()
    const { group, target } = attempt
    const upstream = this.#shared.upstreams.take({
      protocol: group.protocol,
      address: target.address,
      port: target.port,
    })
    this.#upstream = upstream
    const head = attempt.head({ inserted: this.#inserted, traceId: this.#trace })
    upstream.ask(this, head.method)
    this.#send(upstream, head)
  }

  #send(upstream: Upstream, { method, target, headers }: ReturnType<Attempt['head']>): void {
    const { bodyLength, upgrade } = this.#client
    let text = `${method} ${target} HTTP/1.1\r\n${fieldLines(headers)}`
    if (upgrade !== undefined) text += `connection: upgrade\r\nupgrade: ${upgrade}\r\n`
    if (bodyLength === 'unknown') text += 'transfer-encoding: chunked\r\n'
    else if (bodyLength > 0 || bodyIsUsual.has(method)) text += `content-length: ${bodyLength}\r\n`
    text += '\r\n'
    if (bodyLength === 0) {
      upstream.write(text)
      return
    }
    upstream.cork()
    upstream.write(text)
    for (const piece of this.#held) this.#writePiece(upstream, piece)
    if (this.#bodyEnded && bodyLength === 'unknown') upstream.write('0\r\n\r\n')
    upstream.uncork()
    if (!this.#bodyEnded) this.#client.resumeBody()
  }

  #toTarget(piece: Buffer): void {
    const upstream = this.#upstream
    if (upstream === undefined) return
    if (this.#heldBytes + piece.length <= this.#shared.limits.heldBytesMax && !this.#unrepeatable)
      this.#hold(piece)
    else this.#unrepeatable = true
    if (!this.#writePiece(upstream, piece)) this.#client.pauseBody()
  }

  #writePiece(upstream: Upstream, piece: Buffer): boolean {
    if (this.#client.bodyLength !== 'unknown') return upstream.write(piece)
    upstream.cork()
    upstream.write(`${piece.length.toString(16)}\r\n`)
    upstream.write(piece)
    const taken = upstream.write('\r\n')
    upstream.uncork()
    return taken
  }

  // What the target tells.

  readonly onAnswerHead = (head: AnswerHead): void => {
    this.#quiet()
    this.#guarded(() => {
      if (head.status === 101) this.#join(head)
      else if (head.status >= 200) this.#handOn(head)
      // The edge tells its own client to go on; early hints are for the client.
      else if (head.status === 103)
        this.#client.interim(103, this.#attempt?.answerHeaders(head.headers) ?? noHeaders)
    })
  }

  #handOn(head: AnswerHead): void {
    this.#state = 'answering'
    this.#answeredAtMs = this.#quietSinceMs
    this.#targetStatus = head.status
    this.#status = head.status
    this.#forget()
    const length = head.body === 'chunked' || head.body === 'close' ? 'unknown' : head.body
    this.#client.head(head.status, this.#attempt?.answerHeaders(head.headers) ?? noHeaders, length)
  }

  readonly onAnswerPiece = (piece: Buffer): void => {
    this.#quiet()
    if (!this.#client.piece(piece)) this.#upstream?.pause()
  }

  readonly onAnswerPause = (): void => this.#client.flush()

  readonly onAnswerEnd = (): void => {
    // A target that answers before it has read the whole request is not asked anything else over this connection.
    if (!this.#bodyEnded) this.#upstream?.cut()
    this.#client.end()
    this.#finish()
  }

  readonly onAnswerFailed = (failure: UpstreamFailure, untouched: boolean): void => {
    if (this.#state === 'over') return
    this.#targetError = failure
    this.#ended?.()
    this.#ended = undefined
    if (this.#state === 'answering') {
      // Half an answer is none: the client must see that it was cut.
      this.#client.fail()
      return this.#finish()
    }
    if (untouched && !this.#unrepeatable && this.#route?.kind === 'forward') {
      // Only what closed while it was idle is asked again; a target that refuses connections is not.
      const again = failure === 'reset'
      if (again && this.#attempt) this.#tried?.delete(this.#attempt.target)
      this.#upstream = undefined
      const route = this.#route
      return this.#guarded(() => this.#ask(route))
    }
    this.#refuse(this.#failureStatus() ?? 502)
  }

  readonly onUpstreamDrained = (): void => {
    this.#quiet()
    if (!this.#bodyEnded) this.#client.resumeBody()
  }

  #failureStatus(): number | undefined {
    switch (this.#targetError) {
      case undefined:
        return undefined
      case 'timeout':
        return 504
      case 'connect':
      case 'reset':
      case 'malformed':
        return 502
    }
  }

  #join(head: AnswerHead): void {
    const upstream = this.#upstream
    if (this.#client.upgrade === undefined || upstream === undefined || !isWebSocket(head.upgrade)) {
      upstream?.cut()
      return this.onAnswerFailed('malformed', false)
    }
    this.#state = 'joined'
    this.#answeredAtMs = this.#quietSinceMs
    this.#status = 101
    this.#targetStatus = 101
    this.#forget()
    const headers = this.#attempt?.answerHeaders(head.headers) ?? noHeaders
    this.#client.join([...headers, ['upgrade', this.#client.upgrade]], upstream, () => this.#finish())
  }

  // Answers of the edge's own.

  #refuse(status: number, errorReason?: string): void {
    this.#errorReason = errorReason ?? this.#errorReason
    this.#answer(pageOf(status))
  }

  #withoutDoor(status: number): void {
    this.#answer(pageOf(status, 'No front door of this name is here.\n'))
  }

  #answer({ statusCode, headers, body }: EdgeAnswer): void {
    if (this.#state === 'over') return
    this.#status = statusCode
    this.#answeredAtMs = this.#shared.world.nowMs()
    this.#upstream?.cut()
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body)
    const own: Header[] = [['Date', new Date(this.#answeredAtMs).toUTCString()]]
    if (this.#door?.listener.serverHeader !== false) own.unshift(['Server', 'awselb/2.0'])
    const answered = new Set(headers.map(([name]) => name.toLowerCase()))
    const added = (this.#door?.listener.responseHeaders ?? []).filter(
      ([name]) => !answered.has(name.toLowerCase()),
    )
    const bodiless = statusCode === 204 || statusCode === 304
    this.#client.head(statusCode, [...own, ...headers, ...added], bodiless ? 'none' : bytes.length)
    if (!bodiless && bytes.length > 0 && this.#client.request.method !== 'HEAD') this.#client.piece(bytes)
    this.#client.end()
    this.#finish()
  }

  /** A bug ends its own request. */
  #bug(error: unknown): void {
    logBug(this.#shared, error)
    if (this.#state === 'over') return
    if (this.#state === 'answering' || this.#state === 'joined') {
      this.#client.fail()
      this.#upstream?.cut()
      this.#finish()
    } else this.#answer(pageOf(500))
  }

  #guarded(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#bug(error)
    }
  }

  // Book-keeping.

  #hold(piece: Buffer): void {
    this.#held.push(piece)
    this.#heldBytes += piece.length
  }

  #forget(): void {
    this.#held = []
    this.#heldBytes = 0
    this.#unrepeatable = true
  }

  #quiet(): void {
    this.#quietSinceMs = this.#shared.world.nowMs()
  }

  /** A body of a request that has none by its method: two readers may differ about where it ends. */
  #classification(): RequestRecord['classification'] {
    const { request, bodyLength } = this.#client
    return (request.method === 'GET' || request.method === 'HEAD') && bodyLength !== 0
      ? { is: 'Ambiguous', reason: 'UndefinedContentLengthSemantics' }
      : acceptable
  }

  #finish(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#ended?.()
    this.#ended = undefined
    if (this.#door === undefined) return
    const { request } = this.#client
    const nowMs = this.#shared.world.nowMs()
    const { received, sent } = this.#client.counts()
    const [asked, answered] = [this.#askedAtMs, this.#answeredAtMs]
    this.#shared.recorder.request({
      frontDoor: this.#door.frontDoor,
      listener: this.#door.listener,
      rule: this.#route?.rule,
      request,
      judgement: this.#judgement,
      actions: this.#actions,
      target: this.#attempt && {
        group: this.#attempt.group,
        address: addressOf(this.#attempt.target),
        availabilityZone: this.#attempt.target.availabilityZone,
        statusCode: this.#targetStatus,
        error: this.#targetStatus === undefined ? this.#targetError : undefined,
      },
      redirectUrl: this.#route?.kind === 'answer' ? this.#route.redirectUrl : undefined,
      statusCode: this.#status,
      errorReason: this.#errorReason,
      classification: this.#classification(),
      traceId: this.#trace,
      answeredAtMs: nowMs,
      requestProcessingSec: asked === 0 ? -1 : (asked - request.receivedAtMs) / 1000,
      targetProcessingSec: asked === 0 || answered === 0 ? -1 : (answered - asked) / 1000,
      responseProcessingSec: asked === 0 || answered === 0 ? -1 : (nowMs - answered) / 1000,
      receivedBytes: received,
      sentBytes: sent,
    })
  }
}

const acceptable: RequestRecord['classification'] = { is: 'Acceptable' }

/** Methods with which a body is usual: where there is none, the target is told so. Source: RFC 9110, section 8.6. */
const bodyIsUsual: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

function addressOf({ address, port }: Target): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

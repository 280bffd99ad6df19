import type { EdgePart, GuardedWebACL } from '#core/front-door.ts'
import type { RateQuery } from '#core/edge-view.ts'
import type { Arn } from '#core/arn.ts'
import {
  addressSet,
  type AddressSet,
  answerTo,
  type CompiledWebACL,
  compileWebACL,
  type Decision,
  inspectOrBlock,
  managedRuleGroup,
  type ManagedRuleGroup,
  parseAddress,
  type RuleGroupSource,
  type WebRequest,
  type World as WafWorld,
} from '#engines/waf/index.ts'
import type { Guard, Judged } from '../guard.ts'
import type { Judgement } from '../record.ts'
import type { BodyStart, EdgeAnswer, EdgeRequest } from '../request.ts'
import type { SharedCounter } from './shared-counter.ts'
import type { Tokens } from '../tokens/index.ts'

interface Parts {
  readonly nowMs: () => number
  readonly counter: SharedCounter
  readonly managed: () => readonly ManagedRuleGroup[]
  readonly locate: WafWorld['locate']
  readonly autonomousSystem: WafWorld['autonomousSystem']
  readonly tokens: Tokens
  readonly reportBug: (error: unknown) => void
}

/** A web ACL as it stands in traffic. */
interface Standing {
  readonly source: GuardedWebACL
  /** Absent where it did not compile, which is a bug: it was compiled when it was saved. */
  readonly compiled: CompiledWebACL | undefined
}

/** The web ACLs of the moment. An IP set that changes is exchanged within them; whatever else changes is compiled anew. */
export class Guards {
  readonly #parts: Parts
  readonly #sets = new Map<string, AddressSet>()
  readonly #standing = new Map<string, Standing>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes parts that changed. IP sets first: a web ACL that comes with them refers to them. */
  apply(put: readonly EdgePart[], removed: readonly Pick<EdgePart, 'kind' | 'id'>[]): void {
    for (const part of put) if (part.kind === 'address-set') this.#putSet(part.id, part.value)
    for (const part of put)
      if (part.kind === 'web-acl') this.#standing.set(part.id, this.#compile(part.value))
    for (const { kind, id } of removed) {
      if (kind === 'web-acl') this.#standing.delete(id)
      if (kind === 'address-set') this.#sets.delete(id)
    }
  }

  /** The guard of a front door; one without a working web ACL lets nobody through, unless the door is told to fail open. */
  readonly guardOf = (webACL: Arn | string, failOpen: boolean): Guard => ({
    bodyBytesMax: this.#standing.get(webACL)?.source.bodyBytesMax ?? 0,
    judge: (request, body) => this.#judge(this.#standing.get(webACL), request, body, failOpen),
  })

  /** The addresses that a rate-based rule holds back now. */
  rateLimited({ webACL, ruleName, ruleGroupRuleName, max }: RateQuery): readonly string[] {
    const name = ruleGroupRuleName === undefined ? ruleName : `${ruleName}/${ruleGroupRuleName}`
    const rule = this.#standing.get(webACL)?.compiled?.rateRules.find((one) => one.rule === name)
    if (rule === undefined || !(rule.aggregateKeyType === 'IP' || rule.aggregateKeyType === 'FORWARDED_IP'))
      return []
    return this.#parts.counter.above(rule.id, rule.limit, this.#parts.nowMs(), rule.windowSec, max)
  }

  #putSet(arn: string, blocks: readonly string[]): void {
    const set = addressSet(blocks)
    if (set.ok) this.#sets.set(arn, set.value)
    else this.#parts.reportBug(new Error(`the addresses of ${arn} are no CIDR blocks`))
  }

  #compile(source: GuardedWebACL): Standing {
    const { counter, reportBug, managed, locate, autonomousSystem } = this.#parts
    const compiled = compileWebACL(
      source.acl,
      {
        addressSet: (arn) =>
          this.#sets.has(arn) ? { has: (address) => this.#sets.get(arn)?.has(address) ?? false } : undefined,
        regexPatternSet: (arn) => source.regexPatternSets[arn],
        // Made by the service that owns it, from what the engine accepted when it was saved.
        ruleGroup: (arn) => source.ruleGroups[arn] as RuleGroupSource | undefined,
        managedRuleGroup: (vendor, name, version) => managedRuleGroup(managed(), vendor, name, version),
        locate,
        autonomousSystem,
      },
      counter,
    )
    if (compiled.ok) return { source, compiled: compiled.value }
    reportBug(new Error(`the web ACL ${source.arn} does not compile: ${JSON.stringify(compiled.refusal)}`))
    return { source, compiled: undefined }
  }

  #judge(standing: Standing | undefined, request: EdgeRequest, body: BodyStart, failOpen: boolean): Judged {
    if (standing?.compiled === undefined) return failOpen ? open : broken
    const { source, compiled } = standing
    const { tokens, nowMs, reportBug, locate } = this.#parts
    const solved = tokens.answerTo(request, body, source)
    if (solved !== undefined) return { answer: solved, insertedHeaders: [] }
    const address = parseAddress(request.client.address)
    const web: WebRequest = {
      method: request.method,
      path: request.path,
      query: request.query ?? '',
      headers: request.headers,
      clientAddress: request.client.address,
      body: body.bytes,
      bodyCut: body.cut,
      ja3: request.tls?.ja3,
      ja4: request.tls?.ja4,
      token: tokens.check(request, source),
    }
    const verdict = inspectOrBlock(compiled, web, nowMs(), reportBug)
    const answer = answerTo(verdict.action, web, {
      page: ({ type }) => textOf(tokens.page(type, request, source)),
    })
    return {
      judgement: {
        webACL: source,
        verdict,
        token: tokenOf(verdict.action, request, source, tokens),
        country: (address && locate(address)?.country) ?? '-',
        bodyBytes: body.bytes.length,
        insertedHeaders: verdict.insertedHeaders,
        responseCodeSent: answer?.statusCode,
      },
      answer: answer && (isBare(answer) ? forbidden : answer),
      insertedHeaders: verdict.insertedHeaders,
    }
  }
}

/** What a check found in a token that did not do. */
function tokenOf(
  action: Decision,
  request: EdgeRequest,
  webACL: GuardedWebACL,
  tokens: Tokens,
): Judgement['token'] {
  if (action.type === 'ALLOW' || action.type === 'BLOCK') return undefined
  return { failure: action.failure, solvedAtMs: tokens.solvedAtMs(action.type, request, webACL) }
}

function textOf({ statusCode, headers, body }: EdgeAnswer) {
  return { statusCode, headers, body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8') }
}

/** A block that says nothing of its own. */
function isBare({ statusCode, headers, body }: EdgeAnswer): boolean {
  return statusCode === 403 && body === '' && headers.length === 0
}

const title = '403 Forbidden'
/** What a load balancer answers when a web ACL blocks and says nothing of its own. */
const forbidden: EdgeAnswer = {
  statusCode: 403,
  headers: [['Content-Type', 'text/html']],
  body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
}

const open: Judged = { insertedHeaders: [] }
const broken: Judged = { answer: { statusCode: 500, headers: [], body: '' }, insertedHeaders: [] }

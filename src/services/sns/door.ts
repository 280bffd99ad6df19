import { timingSafeEqual } from 'node:crypto'
import { accountId, type AccountId, type Arn, parseArn } from '#core/arn.ts'
import type { Pipeline } from '#core/pipeline.ts'
import type { Seal } from '#core/seal/index.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Reader } from '#core/store/index.ts'
import type { HttpRequest, HttpResponse } from '#wire/index.ts'
import { subscriptions } from './documents.ts'
import { certificateAt, unsubscribeTokenOf } from './signer.ts'

interface Parts {
  readonly read: Pick<Reader, 'get'>
  readonly seal: Seal
  readonly callAsService: CallAsService
}

/** What a link asks for. */
interface Asked {
  readonly action: 'ConfirmSubscription' | 'Unsubscribe'
  readonly input: object
  readonly account: AccountId
  readonly region: string
  readonly sourceArn: Arn
}

/**
 * Stands before the pipeline for what subscribers ask without a signature: the certificate of SNS's signatures, the link that confirms
 * a subscription and the link that ends one, whose tokens are the proof. Links in mails show a page whose button does it, since machines
 * that read mail follow links; a mail program's one click posts to the same address (RFC 8058).
 */
export function createSubscriberDoor({ read, seal, callAsService }: Parts): (pipeline: Pipeline) => Pipeline {
  return (pipeline) => (request) => {
    const { method, path, headers } = request
    if (headers['authorization'] !== undefined) return pipeline(request)
    const certificate = method === 'GET' && path.endsWith('.pem') ? certificateAt(read, path) : undefined
    if (certificate !== undefined) return answer(200, 'application/x-pem-file', certificate)
    const query = linkOf(request)
    if (!query) return pipeline(request)
    const asked = query.get('Action') === 'Unsubscribe' ? ending(query) : confirming(query)
    if (!asked) return refused
    const isForm = query.has('Form')
    return isForm && method === 'GET' ? page(questions[asked.action]) : act(asked, isForm)
  }

  function confirming(query: URLSearchParams): Asked | undefined {
    const TopicArn = query.get('TopicArn') ?? ''
    const Token = query.get('Token') ?? ''
    const owner = ownerOf(TopicArn)
    if (!owner || !tokenForm.test(Token)) return undefined
    // It was read as an ARN.
    return { action: 'ConfirmSubscription', input: { TopicArn, Token }, ...owner, sourceArn: TopicArn as Arn }
  }

  function ending(query: URLSearchParams): Asked | undefined {
    const SubscriptionArn = query.get('SubscriptionArn') ?? ''
    const given = query.get('Token') ?? ''
    const owner = ownerOf(SubscriptionArn)
    if (!owner || !tokenForm.test(given)) return undefined
    const sourceArn = SubscriptionArn as Arn // As above.
    const token = unsubscribeTokenOf(read, seal, sourceArn)
    if (token === undefined || !timingSafeEqual(Buffer.from(token), Buffer.from(given))) return undefined
    return { action: 'Unsubscribe', input: { SubscriptionArn }, ...owner, sourceArn }
  }

  function isThere(scope: Pick<Asked, 'account' | 'region'>, arn: Arn): boolean {
    return read.get(subscriptions, scope, arn.slice(arn.lastIndexOf(':') + 1)) !== undefined
  }

  async function act({ action, sourceArn, ...call }: Asked, isForm: boolean): Promise<HttpResponse> {
    // What has ended already is no error: links are followed twice.
    const isOver = action === 'Unsubscribe' && !isThere(call, sourceArn)
    const done = isOver
      ? ({ ok: true, output: {} } as const)
      : await callAsService({
          ...{ service: 'sns', operation: action, ...call },
          as: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn },
        })
    if (!done.ok) return refused
    if (isForm) return page(answers[action])
    const result =
      action === 'Unsubscribe'
        ? ''
        : `<ConfirmSubscriptionResult><SubscriptionArn>${arnOf(done.output)}</SubscriptionArn></ConfirmSubscriptionResult>`
    return answer(
      200,
      'text/xml',
      `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}</${action}Response>`,
    )
  }
}

const tokenForm = /^[0-9a-f]{64}$/

/** The query of a request for one of the links; a link to unsubscribe without a token is for whoever signs. */
function linkOf({ method, path, query }: HttpRequest): URLSearchParams | undefined {
  if (path !== '/' || query === '' || (method !== 'GET' && method !== 'POST')) return undefined
  const asked = new URLSearchParams(query)
  if (asked.has('X-Amz-Signature')) return undefined
  const action = asked.get('Action')
  if (action === 'Unsubscribe') return asked.has('Token') ? asked : undefined
  if (action !== 'ConfirmSubscription') return undefined
  return method === 'GET' || asked.has('Form') ? asked : undefined
}

function ownerOf(text: string): Pick<Asked, 'account' | 'region'> | undefined {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  return parts && account !== undefined ? { account, region: parts.region } : undefined
}

function arnOf(output: unknown): string {
  return (output as { readonly SubscriptionArn: string }).SubscriptionArn // SNS's own answer to ConfirmSubscription.
}

const questions = {
  ConfirmSubscription: '<form method="post"><button>Confirm the subscription</button></form>',
  Unsubscribe: '<form method="post"><button>Unsubscribe</button></form>',
}

const answers = {
  ConfirmSubscription: '<p>The subscription is confirmed.</p>',
  Unsubscribe: '<p>The subscription has ended.</p>',
}

/** A page that says nothing of what was asked: there is nothing in it to be made to say something else. */
function page(content: string): HttpResponse {
  const { status, headers, body } = answer(
    200,
    'text/html; charset=utf-8',
    `<!doctype html><meta charset="utf-8"><title>Subscription</title>${content}\n`,
  )
  const policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'"
  return {
    status,
    headers: { ...headers, 'content-security-policy': policy, 'referrer-policy': 'no-referrer' },
    body,
  }
}

function answer(status: number, type: string, body: string): HttpResponse {
  return { status, headers: { 'content-type': type, 'cache-control': 'no-store' }, body }
}

const refused = answer(400, 'text/plain', 'Invalid token')

import { accountId, type Arn, parseArn } from '#core/arn.ts'
import type { Pipeline } from '#core/pipeline.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { Reader } from '#core/store/index.ts'
import type { HttpResponse } from '#wire/index.ts'
import { certificateAt } from './signer.ts'

interface Parts {
  readonly read: Pick<Reader, 'get'>
  readonly callAsService: CallAsService
}

/**
 * Stands before the pipeline for what subscribers ask without a signature: the certificate of SNS's signatures, and the link that confirms
 * a subscription, whose token is the proof.
 */
export function createSubscriberDoor({ read, callAsService }: Parts): (pipeline: Pipeline) => Pipeline {
  return (pipeline) => (request) => {
    const { method, path, query, headers } = request
    if (method !== 'GET' || headers['authorization'] !== undefined) return pipeline(request)
    const certificate = path.endsWith('.pem') ? certificateAt(read, path) : undefined
    if (certificate !== undefined) return answer(200, 'application/x-pem-file', certificate)
    const asked = path === '/' ? new URLSearchParams(query) : undefined
    if (asked?.get('Action') !== 'ConfirmSubscription' || asked.has('X-Amz-Signature'))
      return pipeline(request)
    return confirm(asked.get('TopicArn') ?? '', asked.get('Token') ?? '')
  }

  async function confirm(TopicArn: string, Token: string): Promise<HttpResponse> {
    const parts = parseArn(TopicArn)
    const account = accountId(parts?.account ?? '')
    if (!parts || account === undefined || !/^[0-9a-f]{64}$/.test(Token)) return refused
    const confirmed = await callAsService({
      service: 'sns',
      operation: 'ConfirmSubscription',
      input: { TopicArn, Token },
      account,
      region: parts.region,
      as: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: TopicArn as Arn }, // It was read as one.
    })
    if (!confirmed.ok) return refused
    const { SubscriptionArn } = confirmed.output as { readonly SubscriptionArn: string } // SNS's own answer.
    return answer(
      200,
      'text/xml',
      `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>${SubscriptionArn}</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>`,
    )
  }
}

function answer(status: number, type: string, body: string): HttpResponse {
  return { status, headers: { 'content-type': type, 'cache-control': 'no-store' }, body }
}

const refused = answer(400, 'text/plain', 'Invalid token')

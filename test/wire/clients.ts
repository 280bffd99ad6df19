import * as protocols from '@aws-sdk/core/protocols'
import { type HttpResponse, type Protocol, type ServiceName, services } from '#wire/index.ts'
import type { HttpRequest } from '#wire/index.ts'
import type { Member, StructureShape } from '#wire/shapes.ts'

/** The AWS SDK for JavaScript v3's package for each service that has one installed. */
const packages = {
  accessanalyzer: () => import('@aws-sdk/client-accessanalyzer'),
  account: () => import('@aws-sdk/client-account'),
  acm: () => import('@aws-sdk/client-acm'),
  ce: () => import('@aws-sdk/client-cost-explorer'),
  cloudfront: () => import('@aws-sdk/client-cloudfront'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  ec2: () => import('@aws-sdk/client-ec2'),
  elbv2: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  events: () => import('@aws-sdk/client-eventbridge'),
  guardduty: () => import('@aws-sdk/client-guardduty'),
  iam: () => import('@aws-sdk/client-iam'),
  inspector2: () => import('@aws-sdk/client-inspector2'),
  kms: () => import('@aws-sdk/client-kms'),
  lambda: () => import('@aws-sdk/client-lambda'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
  organizations: () => import('@aws-sdk/client-organizations'),
  securityhub: () => import('@aws-sdk/client-securityhub'),
  shield: () => import('@aws-sdk/client-shield'),
  sns: () => import('@aws-sdk/client-sns'),
  sqs: () => import('@aws-sdk/client-sqs'),
  sts: () => import('@aws-sdk/client-sts'),
  wafv2: () => import('@aws-sdk/client-wafv2'),
} satisfies Partial<Record<ServiceName, () => Promise<object>>>

export const serviceNamesWithClient = Object.keys(packages) as (keyof typeof packages)[] // Its own keys.

/** The SDK's protocol classes; a client takes one in place of its own. */
const protocolClasses = {
  'json-1.0': protocols.AwsJson1_0Protocol,
  'json-1.1': protocols.AwsJson1_1Protocol,
  query: protocols.AwsQueryProtocol,
  ec2: protocols.AwsEc2QueryProtocol,
  'rest-json': protocols.AwsRestJsonProtocol,
  'rest-xml': protocols.AwsRestXmlProtocol,
  'rpc-v2-cbor': protocols.AwsSmithyRpcV2CborProtocol,
} satisfies Record<Protocol, unknown>

/** The protocols that a service's model lists, as the wire names them. */
export function protocolsOf(service: ServiceName): readonly Protocol[] {
  const { protocols: listed = [], jsonVersion = '1.1' } = services.get(service) ?? {}
  return listed.map((protocol) => {
    if (protocol === 'json') return `json-${jsonVersion}` as const
    return protocol === 'smithy-rpc-v2-cbor' ? 'rpc-v2-cbor' : protocol
  })
}

/** One SDK client whose requests go to `answer` and to no socket. */
export interface Client {
  readonly has: (operation: string) => boolean
  readonly knows: (shape: StructureShape, member: Member) => boolean
  readonly send: (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>
}

type Answer = (request: HttpRequest) => HttpResponse
type Constructor = new (config: object) => {
  send(command: unknown): Promise<Readonly<Record<string, unknown>>>
}

export async function clientOf(
  service: keyof typeof packages,
  protocol: Protocol,
  answer: Answer,
): Promise<Client> {
  const loaded: Readonly<Record<string, unknown>> = { ...(await packages[service]()) }
  // Each package has the one class that ends so and begins with its service.
  const name = Object.keys(loaded).find((key) => /^[A-Z].*Client$/.test(key) && key !== '__Client')
  const Made = loaded[name ?? ''] as Constructor // All clients are made alike.
  const client = new Made({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4566',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    signer: { sign: (request: unknown) => Promise.resolve(request) },
    protocol: protocolClasses[protocol],
    maxAttempts: 1,
    disableHostPrefix: true,
    md5: false, // The SQS client's checks of message digests, which random messages fail.
    disableRequestCompression: true,
    requestHandler: {
      handle: (request: SdkRequest) => Promise.resolve({ response: sdkResponse(answer(ours(request))) }),
    },
  })
  return {
    has: (operation) => typeof loaded[`${operation}Command`] === 'function',
    knows: (shape, member) => {
      // The SDK puts it in the host name, which a fixed endpoint leaves no room for.
      if (shape.name === 'PutEventsRequest' && member.name === 'EndpointId') return false
      // Two members of one query name: the second, which replaced it, is read.
      if (protocol === 'query' && shape.name === 'ReceiveMessageRequest' && member.name === 'AttributeNames')
        return false
      const schema = loaded[`${shape.name}$`]
      // A structure's schema lists the names of its members at this place.
      return !Array.isArray(schema) || !Array.isArray(schema[4]) || schema[4].includes(member.name)
    },
    send(operation, input) {
      const Command = loaded[`${operation}Command`] as new (input: object) => unknown // `has` tells.
      return client.send(new Command(input))
    },
  }
}

interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** What an SDK would put on the wire, as the wire reads it. */
function ours({ method, path, query, headers, body = '' }: SdkRequest): HttpRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .map((each) => `${encodeURIComponent(name)}${each === null ? '' : `=${encodeURIComponent(each)}`}`),
  )
  return {
    method,
    path,
    query: pairs.join('&'),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  }
}

function sdkResponse({ status, headers, body }: HttpResponse): object {
  return {
    statusCode: status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: typeof body === 'string' ? Uint8Array.from(Buffer.from(body)) : body,
  }
}

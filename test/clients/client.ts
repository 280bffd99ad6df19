import type { Operations as Acm } from '#models/acm.d.ts'
import type { Operations as CloudTrail } from '#models/cloudtrail.d.ts'
import type { Operations as CloudWatch } from '#models/cloudwatch.d.ts'
import type { Operations as Ec2 } from '#models/ec2.d.ts'
import type { Operations as Elbv2 } from '#models/elbv2.d.ts'
import type { Operations as Events } from '#models/events.d.ts'
import type { Operations as Iam } from '#models/iam.d.ts'
import type { Operations as Kms } from '#models/kms.d.ts'
import type { Operations as Lambda } from '#models/lambda.d.ts'
import type { Operations as Logs } from '#models/logs.d.ts'
import type { Operations as Sns } from '#models/sns.d.ts'
import type { Operations as Sqs } from '#models/sqs.d.ts'
import type { Operations as Sts } from '#models/sts.d.ts'
import type { Operations as Wafv2 } from '#models/wafv2.d.ts'
import type { Credentials, Lifetime } from '../server.ts'

interface Services {
  readonly acm: Acm
  readonly cloudtrail: CloudTrail
  readonly cloudwatch: CloudWatch
  readonly ec2: Ec2
  readonly elbv2: Elbv2
  readonly events: Events
  readonly iam: Iam
  readonly kms: Kms
  readonly lambda: Lambda
  readonly logs: Logs
  readonly sns: Sns
  readonly sqs: Sqs
  readonly sts: Sts
  readonly wafv2: Wafv2
}
/** A service that the tests call. */
export type ServiceUsed = keyof Services
type NameOf<S extends ServiceUsed> = keyof Services[S] & string
type ShapesOf<S extends ServiceUsed, N extends NameOf<S>> = Services[S][N] & {
  input: unknown
  output: unknown
}

/** What a client made of an answer: the output, or the error as it shows it to a program or a person. */
export type Answer<Output> =
  | { readonly ok: true; readonly output: Output }
  | {
      readonly ok: false
      readonly code: string
      readonly message: string
      /** Name of the typed exception that was raised; clients without exceptions have none. */
      readonly exception?: string | undefined
    }

/** One of AWS's own clients, unmodified. Dates are what the client makes of them: compare none. */
export interface Client {
  call<S extends ServiceUsed, N extends NameOf<S>>(
    service: S,
    operation: N,
    input: ShapesOf<S, N>['input'],
    as: Credentials,
    region?: string,
  ): Promise<Answer<ShapesOf<S, N>['output']>>
}

/** Makes a client that calls the server at `url`, for as long as the test runs. */
export type ClientMaker = (t: Pick<Lifetime, 'after'>, url: string) => Client

/** A client without its types: what the three differ in. The operation's name and input follow the model. */
export type UntypedCall = (
  service: ServiceUsed,
  operation: string,
  input: object,
  as: Credentials,
  region: string,
) => Promise<Answer<unknown>>

/** Gives an untyped client the model's types. */
export function typed(call: UntypedCall): Client {
  const untyped = async (
    service: ServiceUsed,
    operation: string,
    input: unknown,
    as: Credentials,
    region = 'us-east-1',
  ) => call(service, operation, input as object, as, region) // Every input of a model is a structure.
  return { call: untyped as Client['call'] } // The client itself holds its answers to the same model.
}

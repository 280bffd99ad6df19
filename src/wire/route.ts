import type { ServiceName } from '#models/index.d.ts'
import type { Codec } from './codec.ts'
import { codecs } from './codecs.ts'
import { Malformed, WireFault } from './fault.ts'
import type { HttpRequest } from './http.ts'
import { model } from './model.ts'
import { parametersOf } from './query/parameters.ts'
import { restOperation } from './rest/table.ts'
import { byHostLabel, byQueryVersion, bySigningName, byTargetPrefix, services } from './services.ts'
import type { OperationModel } from './shapes.ts'

/** Where a request goes: to an operation, or back, in AWS's words and the caller's protocol. */
export type Route = OperationRoute | RefusedRoute

/** The operation that a request asks for, and how to read it and answer it. */
export interface OperationRoute {
  readonly kind: 'operation'
  readonly service: ServiceName
  readonly operation: OperationModel
  readonly codec: Codec
}

interface RefusedRoute {
  readonly kind: 'refused'
  /** Undefined where not even the service is known. */
  readonly service: ServiceName | undefined
  readonly fault: WireFault
  readonly codec: Codec
}

/**
 * Finds the operation that a request asks for: by RPC v2 path, by `X-Amz-Target`, by `Action`, or by method and path. It says
 * nothing of who may call it: whether the signature's scope names the service found is the verifier's to check.
 *
 * `signingName` is the service in the request's credential scope: it decides between services that a REST path or an action
 * without a known version could mean; the host name does where there is none. Never throws on data.
 */
export function route(request: HttpRequest, signingName: string | undefined): Route {
  if (unnormalized.test(request.path)) return refused(unknownOperation(404), codecs['rest-json'], undefined)
  const target = request.headers['x-amz-target']
  if (request.headers['smithy-protocol'] !== undefined) return rpcV2Route(request)
  if (target !== undefined) return targetRoute(target, request)
  const service =
    (signingName === undefined ? undefined : bySigningName.get(signingName)) ?? hostService(request)
  const rest = service && restCodec(service)
  if (service && rest) {
    const operation = restOperation(service, request)
    return operation ? found(operation, rest) : refused(unknownOperation(404), rest, service)
  }
  return queryRoute(request, service)
}

/**
 * A path with an empty or a dot segment. It is signed as if it were normalized, so that whoever changed it on its way could have one
 * signature mean two paths; AWS's own clients send none.
 */
const unnormalized = /\/\.{0,2}\/|\/\.{1,2}$/

function rpcV2Route(request: HttpRequest): Route {
  const codec = codecs['rpc-v2-cbor']
  const parts = /\/service\/([^/]+)\/operation\/([^/]+)\/?$/.exec(request.path)
  const [, prefix = '', name = ''] = parts ?? []
  const service = byTargetPrefix.get(prefix)
  const spoken = request.headers['smithy-protocol'] === 'rpc-v2-cbor'
  if (!spoken || !service || !services.get(service)?.protocols.includes('smithy-rpc-v2-cbor')) {
    return refused(unknownOperation(404), codec, undefined)
  }
  return named(service, name, codec, () => unknownOperation(404))
}

function targetRoute(target: string, request: HttpRequest): Route {
  const dot = target.lastIndexOf('.')
  const service = byTargetPrefix.get(target.slice(0, Math.max(dot, 0)))
  const contentType = request.headers['content-type']?.toLowerCase() ?? ''
  // Clients write the version that they speak; a bare "application/json" is taken as the older.
  const codec = contentType.startsWith('application/x-amz-json-1.0') ? codecs['json-1.0'] : codecs['json-1.1']
  const isJson =
    contentType.startsWith('application/x-amz-json-1.') || contentType.startsWith('application/json')
  if (!service || !isJson || !services.get(service)?.protocols.includes('json')) {
    return refused(unknownOperation(), codec, service)
  }
  return named(service, target.slice(dot + 1), codec, unknownOperation)
}

function queryRoute(request: HttpRequest, byName: ServiceName | undefined): Route {
  try {
    const { children } = parametersOf(request)
    const action = children?.get('Action')?.value
    const version = children?.get('Version')?.value
    const service = (version === undefined ? undefined : byQueryVersion.get(version)) ?? byName
    const protocols = service === undefined ? [] : (services.get(service)?.protocols ?? [])
    const codec = protocols.includes('ec2') ? codecs.ec2 : codecs.query
    if (action === undefined) {
      const fault = protocols.includes('json')
        ? unknownOperation()
        : new WireFault('MissingAction', 'Missing Action')
      return refused(
        fault,
        protocols.includes('query') || service === undefined ? codec : fallback(service),
        service,
      )
    }
    const unknown = () =>
      new WireFault(
        'InvalidAction',
        `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`,
      )
    if (!service || !(protocols.includes('query') || protocols.includes('ec2')))
      return refused(unknown(), codec, service)
    if (version !== services.get(service)?.apiVersion) return refused(unknown(), codec, service)
    return named(service, action, codec, unknown)
  } catch (error) {
    if (error instanceof Malformed)
      return refused(new WireFault('MalformedQueryString', error.message), codecs.query, byName)
    throw error
  }
}

function restCodec(service: ServiceName): Codec | undefined {
  const protocols = services.get(service)?.protocols ?? []
  if (protocols.includes('rest-json')) return codecs['rest-json']
  return protocols.includes('rest-xml') ? codecs['rest-xml'] : undefined
}

function fallback(service: ServiceName): Codec {
  const { protocols = [], jsonVersion = '1.1' } = services.get(service) ?? {}
  if (protocols.includes('ec2')) return codecs.ec2
  return protocols.includes('json') ? codecs[`json-${jsonVersion}`] : codecs.query
}

/** `iam.localhost`, `kms.us-east-1.amazonaws.com`; a port makes no difference. */
function hostService(request: HttpRequest): ServiceName | undefined {
  const host = request.headers['host'] ?? ''
  const dot = host.indexOf('.')
  return dot < 0 ? undefined : byHostLabel.get(host.slice(0, dot).toLowerCase())
}

function named(service: ServiceName, name: string, codec: Codec, unknown: () => WireFault): Route {
  const operation = model(service).operations.get(name)
  return operation ? found(operation, codec) : refused(unknown(), codec, service)
}

function found(operation: OperationModel, codec: Codec): Route {
  return { kind: 'operation', service: operation.service, operation, codec }
}

function refused(fault: WireFault, codec: Codec, service: ServiceName | undefined): Route {
  return { kind: 'refused', service, fault, codec }
}

/** AWS's answer has no message; ours says what to look at. */
function unknownOperation(status?: number): WireFault {
  return new WireFault('UnknownOperationException', 'The requested operation is not known', status)
}

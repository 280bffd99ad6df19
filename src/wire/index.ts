// AWS's wire: which operation a request asks for, what it says, and how an answer or an error goes back.
export type { ServiceName, Services } from '#models/index.d.ts'
export type { Codec, Input } from './codec.ts'
export type { CommonFault } from './common-faults.ts'
export { codecs } from './codecs.ts'
export { type FaultLike, WireFault } from './fault.ts'
export type { HttpRequest, HttpResponse } from './http.ts'
export { jsonDecoder, type JsonStructureDecode } from './json/decode.ts'
export { type JsonEncode, jsonEncoder } from './json/encode.ts'
export { model } from './model.ts'
export { type OperationRoute, type Route, route } from './route.ts'
export { bySigningName, serviceNames, services } from './services.ts'
export type {
  Member,
  Model,
  OperationModel,
  Protocol,
  Ref,
  ServiceMetadata,
  Shape,
  StructureShape,
} from './shapes.ts'

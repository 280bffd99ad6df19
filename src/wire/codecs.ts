import type { Codec } from './codec.ts'
import { rpcV2Cbor } from './cbor/codec.ts'
import { jsonRpc } from './json/rpc.ts'
import { ec2, query } from './query/codec.ts'
import { restJson } from './rest/json.ts'
import { restXml } from './rest/xml.ts'
import type { Protocol } from './shapes.ts'

/** The codec of each protocol. */
export const codecs = {
  'json-1.0': jsonRpc('1.0'),
  'json-1.1': jsonRpc('1.1'),
  query,
  ec2,
  'rest-json': restJson,
  'rest-xml': restXml,
  'rpc-v2-cbor': rpcV2Cbor,
} as const satisfies Record<Protocol, Codec>

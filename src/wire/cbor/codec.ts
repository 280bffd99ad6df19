import { bodyBytes } from '../body.ts'
import type { Codec } from '../codec.ts'
import { decoding } from '../decoding.ts'
import { faultForm } from '../fault-form.ts'
import { emptyRecord } from '../record.ts'
import { services } from '../services.ts'
import type { StructureShape } from '../shapes.ts'
import { cborDecoder } from './decode.ts'
import { cborBytes } from './encode.ts'
import { parseCbor } from './parse.ts'

/** RPC v2 CBOR: the operation in the path, everything else in a CBOR body. Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol". */
export const rpcV2Cbor: Codec = {
  protocol: 'rpc-v2-cbor',

  decode: decoding('rpc-v2-cbor', (operation, request) => {
    const bytes = bodyBytes(operation, request)
    return bytes.length === 0 ? emptyRecord() : cborDecoder(operation.input)(parseCbor(bytes))
  }),

  encode({ output: shape }, output, requestId) {
    const body = shape ? cborBytes(shape, output ?? emptyRecord()) : ''
    return { status: 200, headers: cborHeaders(requestId), body }
  },

  encodeFault(service, fault, requestId) {
    const {
      shape = noShape,
      name,
      code,
      type,
      status,
      members,
      message,
      messageName,
    } = faultForm(service, fault, 'rpc-v2-cbor')
    const headers = cborHeaders(requestId)
    // Clients that once spoke query still look for the query code.
    if (service && services.get(service)?.awsQueryCompatible)
      headers['x-amzn-query-error'] = `${code};${type}`
    const typed = service ? `com.amazonaws.${service}#${name}` : name
    const body = cborBytes(shape, members, { __type: typed, [messageName ?? 'message']: message })
    return { status, headers, body }
  },
}

/** For errors that the model lacks. */
const noShape: StructureShape = {
  type: 'structure',
  name: 'Error',
  sensitive: false,
  members: [],
  payload: undefined,
  union: false,
  error: undefined,
}

function cborHeaders(requestId: string): Record<string, string> {
  return {
    'Content-Type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-RequestId': requestId,
  }
}

import type { ServiceName } from '#models/index.d.ts'
import type { Codec, Input } from './codec.ts'
import { spelled } from './common-faults.ts'
import { Malformed, WireFault } from './fault.ts'
import type { HttpRequest } from './http.ts'
import type { OperationModel, Protocol } from './shapes.ts'
import { validate } from './validate.ts'
import { violationFault } from './violation.ts'

/** Makes a codec's `decode` from its reader: what cannot be read gets the protocol's code, what is read is validated. */
export function decoding(
  protocol: Protocol,
  read: (operation: OperationModel, request: HttpRequest) => Input,
): Codec['decode'] {
  return (operation, request) => {
    const input = reading(operation.service, protocol, () => read(operation, request))
    const found = validate(operation.input, input)
    if (found) throw violationFault(found, operation.service, protocol)
    return input
  }
}

function reading(service: ServiceName, protocol: Protocol, read: () => Input): Input {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const code = protocol === 'rest-json' ? restCodes[service] : undefined
    throw new WireFault(code ?? spelled('MalformedInput', protocol), error.message)
  }
}

/** REST-JSON services that have another code for a body that cannot be read. */
const restCodes: Partial<Record<ServiceName, string>> = {
  guardduty: 'BadRequestException',
  lambda: 'InvalidRequestContentException',
  securityhub: 'InvalidInputException',
}

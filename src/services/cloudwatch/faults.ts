import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/cloudwatch.d.ts'

const fault = faultsOf<Errors>()

/** Everything that CloudWatch refuses, in one table. AWS's words where public issue trackers quote them, else our own. */
export const faults = {
  invalidValue: (message: string) => fault('InvalidParameterValueException', message),
  combination: (message: string) => fault('InvalidParameterCombinationException', message),
  missing: (name: string) => fault('MissingRequiredParameterException', `The parameter ${name} is required.`),
  invalidToken: () => fault('InvalidNextToken', 'The next token is not valid.'),
  validation: (message: string) => fault('ValidationError', message),
} as const

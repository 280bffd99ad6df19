import { type CommonFault, WireFault } from '#wire/index.ts'

export type { CommonFault }

/**
 * The caller's mistake or a denial: what AWS answers with an error code. The pipeline alone turns it into bytes.
 * `code` is an error shape of the service's model or a common fault; its wire code and HTTP status come from there.
 */
export class Fault extends WireFault {
  override readonly name = 'Fault'
}

/** Makes a service's faults: a code that neither its model nor the common list knows does not compile. */
export function faultsOf<Errors extends string>() {
  return (code: Errors | CommonFault, message: string, members?: Readonly<Record<string, unknown>>): Fault =>
    new Fault(code, message, undefined, members)
}

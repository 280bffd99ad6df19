/** What the proxy answers instead of a result. */
export class ProxyFault extends Error {
  readonly status: number
  readonly errorName: string

  constructor(status: number, errorName: string) {
    super(errorName)
    this.status = status
    this.errorName = errorName
  }
}

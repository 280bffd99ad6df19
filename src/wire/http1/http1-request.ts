import type { HttpRequest, HttpResponse } from '../http.ts'

/** A request with what its connection tells. */
export interface Http1Request extends HttpRequest {
  /** Name, value, name, value … as they were sent, where a field was repeated (its values are joined in `headers`); else empty. */
  readonly rawHeaders: readonly string[]
  readonly sourceIp: string
  readonly secureTransport: boolean
}

/** Answers a request, once. */
export type Respond = (response: HttpResponse) => void

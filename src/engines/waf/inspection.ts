import { parseAddress, type Address } from './address.ts'
import { textOfBytes } from './bytes.ts'
import type { FieldValue } from './field-value.ts'
import { cookiesOf, headersOf, type Pairs } from './fields/pairs.ts'
import type { Hits } from './literal-scan.ts'
import type { WebRequest } from './request.ts'
import { RequestTexts } from './texts/index.ts'

/** What of a request was more than could be inspected. */
export type OversizeComponent = 'BODY' | 'HEADERS' | 'COOKIES'

/**
 * One request being inspected: what has been computed of it, and what the rules so far have found. Everything is
 * computed when a rule first asks for it, and once.
 */
export class Inspection {
  readonly request: WebRequest
  readonly nowMs: number
  /** Values by the slot of their input, and what was found in them. */
  readonly values: (FieldValue | undefined)[] = []
  readonly hits: (Hits | undefined)[] = []
  readonly expressions: (Uint8Array | undefined)[] = []
  /** The labels of the rules that have matched. */
  readonly labels = new Set<string>()
  /** Labels of statements of the rule at work: later rules see them, it does not. */
  readonly newLabels: string[] = []
  readonly oversize = new Set<OversizeComponent>()
  #body: string | undefined
  #headers: Pairs | undefined
  #cookies: Pairs | undefined
  #address: Address | undefined
  #texts: RequestTexts | undefined

  constructor(request: WebRequest, nowMs: number) {
    this.request = request
    this.nowMs = nowMs
  }

  get body(): string {
    this.#body ??= textOfBytes(this.request.body)
    return this.#body
  }

  get headers(): Pairs {
    this.#headers ??= headersOf(this.request)
    return this.#headers
  }

  get cookies(): Pairs {
    this.#cookies ??= cookiesOf(this.request)
    return this.#cookies
  }

  get clientAddress(): Address | undefined {
    this.#address ??= parseAddress(this.request.clientAddress)
    return this.#address
  }

  /** What an application would read in the request. */
  get texts(): RequestTexts {
    this.#texts ??= new RequestTexts(this.request)
    return this.#texts
  }

  /** The values of a header, one for each line, whole: only headers inspected together have limits. */
  header(lowerName: string): readonly string[] {
    const values: string[] = []
    for (const [name, value] of this.request.headers) {
      if (name.length === lowerName.length && name.toLowerCase() === lowerName) values.push(value)
    }
    return values
  }
}

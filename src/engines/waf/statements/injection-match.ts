import { isCrossSiteScripting, isSqlInjection } from '../injection/index.ts'
import { members, oneOf, optional } from '../read.ts'
import { checkInspected, inputOf, inspected, inspectedPrice } from './inspected.ts'
import { matchKind } from './kind.ts'

const readSqli = members(
  { ...inspected, SensitivityLevel: optional(oneOf(['LOW', 'HIGH'])) },
  'SQLI_MATCH_STATEMENT',
)

/** Recognizes SQL that has no business in a request. The text handed to the detector is Latin-1, a character a byte. */
export const sqliMatch = matchKind({
  read: () => (value, field, name) => {
    const body = readSqli(value, field, name)
    checkInspected(body, false)
    return body
  },
  price: (body) => inspectedPrice(body.SensitivityLevel === 'HIGH' ? 30 : 20, body),
  compile(body, build) {
    const sensitivity = body.SensitivityLevel ?? 'LOW'
    return inputOf(body, build).some((text) => isSqlInjection(text, sensitivity))
  },
})

const readXss = members(inspected, 'XSS_MATCH_STATEMENT')

/** Recognizes markup and script that would run in a reader's browser. */
export const xssMatch = matchKind({
  read: () => (value, field, name) => {
    const body = readXss(value, field, name)
    checkInspected(body, false)
    return body
  },
  price: (body) => inspectedPrice(40, body),
  compile: (body, build) => inputOf(body, build).some(isCrossSiteScripting),
})

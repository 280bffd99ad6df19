import { integer, members, oneOf } from '../read.ts'
import { checkInspected, inputOf, inspected, inspectedPrice } from './inspected.ts'
import { matchKind } from './kind.ts'

/** Source: AWS WAFV2 API, ComparisonOperator. */
const comparisons = {
  EQ: (size, given) => size === given,
  NE: (size, given) => size !== given,
  LE: (size, given) => size <= given,
  LT: (size, given) => size < given,
  GE: (size, given) => size >= given,
  GT: (size, given) => size > given,
} as const satisfies Record<string, (size: number, given: number) => boolean>

/** Source: AWS WAFV2 API, Size. */
const sizeMax = 21_474_836_480

const read = members(
  {
    ...inspected,
    ComparisonOperator: oneOf(['EQ', 'NE', 'LE', 'LT', 'GE', 'GT']),
    Size: integer(0, sizeMax),
  },
  'SIZE_CONSTRAINT_STATEMENT',
)

/** Compares a size in bytes, after the transformations. */
export const sizeConstraint = matchKind({
  read: () => (value, field, name) => {
    const body = read(value, field, name)
    checkInspected(body, false)
    return body
  },
  price: (body) => inspectedPrice(1, body),
  compile(body, build) {
    const holds = comparisons[body.ComparisonOperator]
    return inputOf(body, build).some((text) => holds(text.length, body.Size))
  },
})

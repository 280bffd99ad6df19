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

/** How long a text is at least that passes; `undefined` where it may be empty. */
function lengthMin(operator: keyof typeof comparisons, size: number): number | undefined {
  if (operator === 'GT') return size + 1
  return operator === 'GE' || operator === 'EQ' ? size : undefined
}

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
    const input = inputOf(body, build)
    const passes = (text: string): boolean => holds(text.length, body.Size)
    const more = lengthMin(body.ComparisonOperator, body.Size)
    return more === undefined ? input.some(passes) : input.someOfLength(more, passes)
  },
})

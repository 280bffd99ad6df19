import { RE2JS, RE2JSException } from 're2js'
import { BadQuery } from './value.ts'

const instructionsMax = 10_000

/** A user's regular expression, matched in linear time. Faults: BadQuery. */
export function regular(expression: string): RE2JS {
  try {
    const compiled = RE2JS.compile(expression)
    if (compiled.programSize() > instructionsMax) throw new BadQuery('the regular expression is too large')
    return compiled
  } catch (error) {
    if (error instanceof RE2JSException) throw new BadQuery(`not a regular expression: ${error.message}`)
    throw error
  }
}

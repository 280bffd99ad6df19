/**
 * EventBridge's languages: event patterns, one by one and as a set with an index; what a target is sent of an event; schedules.
 * Pure and synchronous; knows nothing of the wire, of stores or of the clock: an instant is a parameter.
 */
export { type EventPattern, matchesPattern, namedTexts, parsePattern } from './event-pattern.ts'
export { createPatternSet, type PatternSet } from './set/pattern-set.ts'
export { isWrittenNumber, mayLoseDigits, parseExactly } from './input/exact-json.ts'
export { isPath, pathValue } from './input/path.ts'
export { transformerProblem, transformInput } from './input/transformer.ts'
export { nextAfter, parseSchedule, type Schedule } from './schedule/schedule.ts'
export { occurrenceFrom, type Span } from './schedule/occurrence.ts'

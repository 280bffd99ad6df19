import { matchesPattern, parsePattern } from '#engines/events/index.ts'
import { events, onAll } from './declare.ts'
import { faults } from './faults.ts'

/** Source: EventBridge API Reference, TestEventPattern, Event: the mandatory fields. */
const mandatory = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type']

/** Whether an event matches a pattern. Faults: InvalidEventPatternException; ValidationException for what is no event. */
export const TestEventPattern = events('TestEventPattern', {
  access: () => onAll('TestEventPattern'),
  run({ input: { EventPattern, Event } }) {
    const read = parsePattern(EventPattern)
    if (!read.ok) throw faults.pattern(read.reason)
    const event = parseEvent(Event)
    if (typeof event !== 'object' || event === null || !mandatory.every((name) => Object.hasOwn(event, name)))
      throw faults.validation('Parameter Event is not valid.')
    return { Result: matchesPattern(read.pattern, event) }
  },
})

function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}

import { functionResource } from '../../findings/resources.ts'
import { accountOfArn } from '../../reading/conditions.ts'
import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { functionOf } from './functions.ts'

const type = 'Persistence:Lambda/ForeignEventSource'

/** A stranger's queue or stream calls a function with its rights. Source: Lambda API Reference, CreateEventSourceMapping. */
export const functionTriggers = callDetector({
  name: 'function-triggers',
  events: ['lambda:CreateEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
  finds: {
    [type]: {
      severity: 6,
      title: 'The function {function} is called by a source of a foreign account.',
      description: '{userName} called {api}: {source} calls the function {function}.',
      remediation: undo(
        'Delete the mapping.',
        'aws lambda delete-event-source-mapping --uuid {mapping} --region {region}',
      ),
    },
  },
  see(record, isOwn) {
    const source = text(record.requestParameters, 'eventSourceArn') ?? ''
    const owner = accountOfArn(source)
    if (owner === undefined || isOwn(owner)) return undefined
    const name = functionOf(record)
    const mapping = text(record.responseElements, 'uUID') ?? text(record.responseElements, 'uuid')
    const values = { function: name, source, ...(mapping !== undefined && { mapping }) }
    return { type, about: name, values, resource: functionResource(record, name) }
  },
})

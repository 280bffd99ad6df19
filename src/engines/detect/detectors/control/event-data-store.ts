import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/EventDataStoreStopped'

/** An event data store of CloudTrail Lake takes no more events, or goes away. Source: CloudTrail API Reference. */
export const eventDataStore = callDetector({
  name: 'event-data-store',
  events: ['cloudtrail:StopEventDataStoreIngestion', 'cloudtrail:DeleteEventDataStore'],
  finds: {
    [type]: {
      severity: 5,
      title: 'The event data store {store} takes no more events.',
      description: '{userName} called {api} on the event data store {store}.',
      remediation: [
        {
          text: 'If it was deleted, restore it within seven days.',
          command: 'aws cloudtrail restore-event-data-store --event-data-store {store} --region {region}',
        },
        ...undo(
          'Let it take events again.',
          'aws cloudtrail start-event-data-store-ingestion --event-data-store {store} --region {region}',
        ),
      ],
    },
  },
  see({ requestParameters }) {
    const store = text(requestParameters, 'eventDataStore') ?? ''
    return { type, about: store, values: { store } }
  },
})

import { guardduty, onAll } from '../declare.ts'
import { findDetector } from '../find.ts'
import {
  accessOf,
  createAccess,
  createList,
  deleteList,
  findList,
  listPage,
  shownList,
  updateList,
} from './lists.ts'

// Addresses that are a threat. Source: GuardDuty User Guide, "Customizing threat detection with entity lists and IP address lists".

/** Faults: BadRequestException. */
export const CreateThreatIntelSet = guardduty('CreateThreatIntelSet', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, input) => createAccess('CreateThreatIntelSet', input),
  run: ({ target: detector, input, call }) => ({
    ThreatIntelSetId: createList(call, 'threatintelset', detector, input),
  }),
})

/** Faults: BadRequestException. */
export const GetThreatIntelSet = guardduty('GetThreatIntelSet', {
  target: ({ DetectorId, ThreatIntelSetId }, call) =>
    findList(call, 'threatintelset', DetectorId, ThreatIntelSetId),
  access: (list) => accessOf('GetThreatIntelSet', list),
  run: ({ target: list }) => shownList(list),
})

/** Faults: BadRequestException. */
export const ListThreatIntelSets = guardduty('ListThreatIntelSets', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListThreatIntelSets'),
  run({ input, call }) {
    const { ids, NextToken } = listPage(call, 'threatintelset', input)
    return { ThreatIntelSetIds: ids, NextToken }
  },
})

/** Faults: BadRequestException. */
export const UpdateThreatIntelSet = guardduty('UpdateThreatIntelSet', {
  target: ({ DetectorId, ThreatIntelSetId }, call) =>
    findList(call, 'threatintelset', DetectorId, ThreatIntelSetId),
  access: (list) => accessOf('UpdateThreatIntelSet', list),
  run({ target: list, input, call }) {
    updateList(call, list, input)
    return {}
  },
})

/** Faults: BadRequestException. */
export const DeleteThreatIntelSet = guardduty('DeleteThreatIntelSet', {
  target: ({ DetectorId, ThreatIntelSetId }, call) =>
    findList(call, 'threatintelset', DetectorId, ThreatIntelSetId),
  access: (list) => accessOf('DeleteThreatIntelSet', list),
  run({ target: list, call }) {
    deleteList(call, list)
    return {}
  },
})

import { guardduty, onAll } from '../declare.ts'
import { findDetector } from '../find.ts'
import {
  accessOf,
  createAccess,
  createList,
  deleteList,
  findList,
  listPage,
  shownEntityList,
  updateList,
} from './lists.ts'

// Addresses and domains that are a threat. Source: GuardDuty User Guide, "Customizing threat detection with entity lists and IP address lists".

/** Faults: BadRequestException. */
export const CreateThreatEntitySet = guardduty('CreateThreatEntitySet', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, input) => createAccess('CreateThreatEntitySet', input),
  run: ({ target: detector, input, call }) => ({
    ThreatEntitySetId: createList(call, 'threatentityset', detector, input),
  }),
})

/** Faults: BadRequestException. */
export const GetThreatEntitySet = guardduty('GetThreatEntitySet', {
  target: ({ DetectorId, ThreatEntitySetId }, call) =>
    findList(call, 'threatentityset', DetectorId, ThreatEntitySetId),
  access: (list) => accessOf('GetThreatEntitySet', list),
  run: ({ target: list }) => shownEntityList(list),
})

/** Faults: BadRequestException. */
export const ListThreatEntitySets = guardduty('ListThreatEntitySets', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListThreatEntitySets'),
  run({ input, call }) {
    const { ids, NextToken } = listPage(call, 'threatentityset', input)
    return { ThreatEntitySetIds: ids, NextToken }
  },
})

/** Faults: BadRequestException. */
export const UpdateThreatEntitySet = guardduty('UpdateThreatEntitySet', {
  target: ({ DetectorId, ThreatEntitySetId }, call) =>
    findList(call, 'threatentityset', DetectorId, ThreatEntitySetId),
  access: (list) => accessOf('UpdateThreatEntitySet', list),
  run({ target: list, input, call }) {
    updateList(call, list, input)
    return {}
  },
})

/** Faults: BadRequestException. */
export const DeleteThreatEntitySet = guardduty('DeleteThreatEntitySet', {
  target: ({ DetectorId, ThreatEntitySetId }, call) =>
    findList(call, 'threatentityset', DetectorId, ThreatEntitySetId),
  access: (list) => accessOf('DeleteThreatEntitySet', list),
  run({ target: list, call }) {
    deleteList(call, list)
    return {}
  },
})

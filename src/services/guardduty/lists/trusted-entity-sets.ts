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

// Addresses and domains of which nothing is found. Source: GuardDuty User Guide, "Customizing threat detection with entity lists and IP address lists".

/** Faults: BadRequestException. */
export const CreateTrustedEntitySet = guardduty('CreateTrustedEntitySet', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, input) => createAccess('CreateTrustedEntitySet', input),
  run: ({ target: detector, input, call }) => ({
    TrustedEntitySetId: createList(call, 'trustedentityset', detector, input),
  }),
})

/** Faults: BadRequestException. */
export const GetTrustedEntitySet = guardduty('GetTrustedEntitySet', {
  target: ({ DetectorId, TrustedEntitySetId }, call) =>
    findList(call, 'trustedentityset', DetectorId, TrustedEntitySetId),
  access: (list) => accessOf('GetTrustedEntitySet', list),
  run: ({ target: list }) => shownEntityList(list),
})

/** Faults: BadRequestException. */
export const ListTrustedEntitySets = guardduty('ListTrustedEntitySets', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListTrustedEntitySets'),
  run({ input, call }) {
    const { ids, NextToken } = listPage(call, 'trustedentityset', input)
    return { TrustedEntitySetIds: ids, NextToken }
  },
})

/** Faults: BadRequestException. */
export const UpdateTrustedEntitySet = guardduty('UpdateTrustedEntitySet', {
  target: ({ DetectorId, TrustedEntitySetId }, call) =>
    findList(call, 'trustedentityset', DetectorId, TrustedEntitySetId),
  access: (list) => accessOf('UpdateTrustedEntitySet', list),
  run({ target: list, input, call }) {
    updateList(call, list, input)
    return {}
  },
})

/** Faults: BadRequestException. */
export const DeleteTrustedEntitySet = guardduty('DeleteTrustedEntitySet', {
  target: ({ DetectorId, TrustedEntitySetId }, call) =>
    findList(call, 'trustedentityset', DetectorId, TrustedEntitySetId),
  access: (list) => accessOf('DeleteTrustedEntitySet', list),
  run({ target: list, call }) {
    deleteList(call, list)
    return {}
  },
})

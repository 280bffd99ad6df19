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

// Addresses of which nothing is found: what they do is trusted. Source: GuardDuty User Guide, "Customizing threat detection with entity lists and IP address lists".

/** Faults: BadRequestException. */
export const CreateIPSet = guardduty('CreateIPSet', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: (_, input) => createAccess('CreateIPSet', input),
  run: ({ target: detector, input, call }) => ({ IpSetId: createList(call, 'ipset', detector, input) }),
})

/** Faults: BadRequestException. */
export const GetIPSet = guardduty('GetIPSet', {
  target: ({ DetectorId, IpSetId }, call) => findList(call, 'ipset', DetectorId, IpSetId),
  access: (list) => accessOf('GetIPSet', list),
  run: ({ target: list }) => shownList(list),
})

/** Faults: BadRequestException. */
export const ListIPSets = guardduty('ListIPSets', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('ListIPSets'),
  run({ input, call }) {
    const { ids, NextToken } = listPage(call, 'ipset', input)
    return { IpSetIds: ids, NextToken }
  },
})

/** Faults: BadRequestException. */
export const UpdateIPSet = guardduty('UpdateIPSet', {
  target: ({ DetectorId, IpSetId }, call) => findList(call, 'ipset', DetectorId, IpSetId),
  access: (list) => accessOf('UpdateIPSet', list),
  run({ target: list, input, call }) {
    updateList(call, list, input)
    return {}
  },
})

/** Faults: BadRequestException. */
export const DeleteIPSet = guardduty('DeleteIPSet', {
  target: ({ DetectorId, IpSetId }, call) => findList(call, 'ipset', DetectorId, IpSetId),
  access: (list) => accessOf('DeleteIPSet', list),
  run({ target: list, call }) {
    deleteList(call, list)
    return {}
  },
})

import { faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/guardduty.d.ts'

const fault = faultsOf<Errors>()

function invalid(message: string) {
  return fault('BadRequestException', message, { Type: 'InvalidInputException' })
}

/**
 * Every fault of GuardDuty, which calls nearly all of them BadRequestException. AWS's words where public issue trackers quote them, else
 * our own.
 */
export const faults = {
  invalid,
  noDetector: () =>
    invalid('The request is rejected because the input detectorId is not owned by the current account.'),
  detectorExists: () =>
    invalid('The request is rejected because a detector already exists for the current account.'),
  disabled: () => invalid('The request is rejected because the detector is disabled.'),
  noFeature: (name: string) =>
    invalid(
      `The request is rejected because the feature ${name} is not supported: its data source does not exist here.`,
    ),
  badParameter: (name: string) =>
    invalid(
      `The request is rejected because an invalid or out-of-range value is specified as an input parameter: ${name}.`,
    ),
  nextToken: () => invalid('The request is rejected because the parameter nextToken is invalid.'),
  noFinding: (id: string) =>
    invalid(`The request is rejected because the finding ${id} does not belong to the detector.`),
  noFilter: () => invalid('The request is rejected since no such resource found.'),
  noResource: () => invalid('The request is rejected since no such resource found.'),
  exists: (what: string) => invalid(`The request is rejected since a ${what} with that name already exists.`),
  limit: (what: string, max: number) =>
    invalid(`The request is rejected because the current account can have ${max} ${what} at most.`),
  criterion: (field: string) =>
    invalid(`The request is rejected because the finding criteria are invalid: ${field}.`),
  memberMayNot: () =>
    invalid(
      'The request is rejected because the current account is a member: its administrator account does that.',
    ),
  noAdministrator: () =>
    invalid('The request is rejected because there is no invitation of that account, or it is over.'),
  hasMembers: () =>
    invalid('The request is rejected because an account cannot be a member and an administrator at once.'),
  tag: (why: string) => invalid(`The request is rejected because the tags are invalid: ${why}`),
  publishing: (why: string) =>
    invalid(`The request is rejected because GuardDuty cannot publish to that destination: ${why}`),
  notThere: (arn: string) => fault('ResourceNotFoundException', `The resource ${arn} does not exist.`),
} as const

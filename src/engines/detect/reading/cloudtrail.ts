import type { CloudTrailRecord } from '../records.ts'
import { haveObjects, haveTexts, isObject, type JsonObject, parseObject } from './json.ts'
import { isPlausible, lineLengthMax, type Read, type Rejection } from './rejection.ts'
import { timeOf } from './time.ts'

/** A file of a trail holds the records of five minutes of a Region. Units: characters. */
const fileLengthMax = 1 << 28

const neededTexts = ['eventTime', 'eventSource', 'eventName', 'awsRegion']
const texts = [
  ...['eventID', 'recipientAccountId', 'sourceIPAddress', 'userAgent', 'errorCode', 'errorMessage'],
  ...['eventType', 'eventCategory'],
]
const objects = ['userIdentity', 'requestParameters', 'responseElements', 'additionalEventData']
const identityTexts = ['type', 'principalId', 'arn', 'accountId', 'accessKeyId', 'userName', 'invokedBy']
const issuerTexts = ['type', 'principalId', 'arn', 'accountId', 'userName']
const resourceTexts = ['ARN', 'type', 'accountId']

/**
 * Reads a record of CloudTrail: a line by itself, or a file of a trail, `{"Records": […]}`.
 * Source: CloudTrail User Guide, "CloudTrail record contents", "CloudTrail log file examples".
 */
export function readCloudTrail(text: string, nowMs: number): readonly Read<CloudTrailRecord>[] {
  const isFile = /^\s{0,100}\{\s{0,100}"Records"/.test(text)
  const parsed = parseObject(text, isFile ? fileLengthMax : lineLengthMax)
  if ('rejected' in parsed) return [parsed]
  const { object } = parsed
  if (!isFile) return [checked(object, nowMs)]
  const records = object['Records']
  if (!Array.isArray(records)) return [{ rejected: 'wrong type' }]
  return records.map((record: unknown) => checked(record, nowMs))
}

/** The record is the parsed object itself: detectors read few of its members, and copies would cost as much as the rest. */
function checked(record: unknown, nowMs: number): Read<CloudTrailRecord> {
  const rejected = isObject(record) ? fault(record, nowMs) : 'wrong type'
  return rejected === undefined ? { record: record as CloudTrailRecord } : { rejected } // Its members were looked at.
}

function fault(record: JsonObject, nowMs: number): Rejection | undefined {
  if (!haveTexts(record, neededTexts) || !haveTexts(record, texts) || !haveObjects(record, objects))
    return 'wrong type'
  if (neededTexts.some((name) => record[name] === undefined)) return 'field missing'
  if (!isPlausible(timeOf(record['eventTime'] as string), nowMs)) return 'time out of range' // A text.
  if (!isIdentity(record['userIdentity']) || !areResources(record['resources'])) return 'wrong type'
  for (const name of ['readOnly', 'managementEvent', 'userIdentity', 'resources'])
    if (record[name] === null) delete record[name]
  return isFlag(record['readOnly']) && isFlag(record['managementEvent']) ? undefined : 'wrong type'
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean'
}

function isIdentity(identity: unknown): boolean {
  if (!isObject(identity)) return true // Absent or null.
  if (!haveTexts(identity, identityTexts) || !haveObjects(identity, ['sessionContext'])) return false
  const session = identity['sessionContext']
  if (!isObject(session)) {
    delete identity['sessionContext']
    return true
  }
  if (!haveTexts(session, ['ec2RoleDelivery']) || !haveObjects(session, ['sessionIssuer', 'attributes']))
    return false
  const { sessionIssuer, attributes } = session
  if (isObject(sessionIssuer)) {
    if (!haveTexts(sessionIssuer, issuerTexts)) return false
  } else delete session['sessionIssuer']
  if (isObject(attributes)) return haveTexts(attributes, ['creationDate'])
  delete session['attributes']
  return true
}

function areResources(resources: unknown): boolean {
  if (resources === undefined || resources === null) return true
  return Array.isArray(resources) && resources.every((one) => isObject(one) && haveTexts(one, resourceTexts))
}

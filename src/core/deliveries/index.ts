/**
 * Brings what was accepted to its targets: documents that a runner does and deletes (docs/decisions/0009), tried again, later and later,
 * while that may help.
 */
export { type Exhausted, type Failure, failureOf } from './failure.ts'
export { deliverBy, type DeliveryRequest, sendMessage, stringAttributes } from './request.ts'
export { createDeliveries, type Deliveries, type DeliveryJob } from './runner.ts'
export { targetPlace, type TargetPlace } from './target-place.ts'

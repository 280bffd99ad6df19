import { type Arn, parseArn } from '#core/arn.ts'
import type { Operations } from '#models/lambda.d.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { EventInvokeConfigDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findFunction, findWholeFunction, type FoundFunction, versionArn } from './find.ts'
import { idOf } from './names.ts'
import { page } from './paging.ts'

type Input = Operations['PutFunctionEventInvokeConfig']['input']

/** Sets how events for a function are retried and who hears of them. Source: Lambda API Reference, PutFunctionEventInvokeConfig. */
export const PutFunctionEventInvokeConfig = lambda('PutFunctionEventInvokeConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:PutFunctionEventInvokeConfig', resource: target }],
  run: ({ target, input, call }) => put(call, target, input, undefined),
})

/** Changes what is given of it; the rest stays. */
export const UpdateFunctionEventInvokeConfig = lambda('UpdateFunctionEventInvokeConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:UpdateFunctionEventInvokeConfig', resource: target }],
  run: ({ target, input, call }) => put(call, target, input, existing(call, target)),
})

export const GetFunctionEventInvokeConfig = lambda('GetFunctionEventInvokeConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:GetFunctionEventInvokeConfig', resource: target }],
  run: ({ target, call }) => shown(target, existing(call, target)),
})

export const ListFunctionEventInvokeConfigs = lambda('ListFunctionEventInvokeConfigs', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:ListFunctionEventInvokeConfigs', resource: target }],
  run({ target, input, call }) {
    const all = call.eventInvokeConfigs.in(target.account).find('function', target.document.name)
    const { items, NextMarker } = page(all, ({ id }) => id, input)
    return {
      FunctionEventInvokeConfigs: items.map(({ document }) => shown(target, document)),
      ...(NextMarker !== undefined && { NextMarker }),
    }
  },
})

export const DeleteFunctionEventInvokeConfig = lambda('DeleteFunctionEventInvokeConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:DeleteFunctionEventInvokeConfig', resource: target }],
  run({ target, call }) {
    existing(call, target)
    call.eventInvokeConfigs.in(target.account).delete(idOf(target.document.name, target.qualifier))
    return {}
  },
})

function existing(
  call: LambdaCall,
  { account, document, qualifier, arn }: FoundFunction,
): EventInvokeConfigDocument {
  const found = call.eventInvokeConfigs.in(account).get(idOf(document.name, qualifier))
  if (!found) throw faults.notFound(`The function ${arn} doesn't have an EventInvokeConfig`)
  return found
}

function put(
  call: LambdaCall,
  target: FoundFunction,
  input: Input,
  before: EventInvokeConfigDocument | undefined,
) {
  const { document, qualifier, account } = target
  const { DestinationConfig } = input
  const made: EventInvokeConfigDocument = {
    functionName: document.name,
    qualifier: qualifier ?? '$LATEST',
    retriesMax: input.MaximumRetryAttempts ?? before?.retriesMax,
    ageMaxSec: input.MaximumEventAgeInSeconds ?? before?.ageMaxSec,
    onSuccess: DestinationConfig?.OnSuccess
      ? destination(DestinationConfig.OnSuccess.Destination)
      : before?.onSuccess,
    onFailure: DestinationConfig?.OnFailure
      ? destination(DestinationConfig.OnFailure.Destination)
      : before?.onFailure,
    modifiedAtMs: call.nowMs,
  }
  call.eventInvokeConfigs.in(account).put(idOf(document.name, qualifier), made)
  return shown(target, made)
}

const destinations: ReadonlySet<string> = new Set(['sqs', 'sns', 'lambda', 'events'])

/** Whether it takes what is sent is decided when something is. Differs: buckets are not built. */
function destination(text: string | undefined): Arn | undefined {
  if (text === undefined || text === '') return undefined
  if (!destinations.has(parseArn(text)?.service ?? ''))
    throw faults.invalid(
      `The provided destination '${text}' is neither a queue, a topic, a function nor an event bus`,
    )
  return text as Arn // Parsed above.
}

function shown({ document: { arn } }: FoundFunction, config: EventInvokeConfigDocument) {
  const { onSuccess, onFailure } = config
  return {
    LastModified: new Date(config.modifiedAtMs),
    FunctionArn: versionArn(arn, config.qualifier),
    ...(config.retriesMax !== undefined && { MaximumRetryAttempts: config.retriesMax }),
    ...(config.ageMaxSec !== undefined && { MaximumEventAgeInSeconds: config.ageMaxSec }),
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
  }
}

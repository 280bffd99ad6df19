import type { Operations } from '#models/lambda.d.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { UrlDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findFunction, findWholeFunction, type FoundFunction } from './find.ts'
import { idOf } from './names.ts'
import { page } from './paging.ts'
import { storedCors } from './url-cors.ts'
import { newUrlId, urlText } from './url-names.ts'

type Shown = Operations['GetFunctionUrlConfig']['output']

/**
 * Gives a function, or an alias of it, an address that speaks HTTP.
 *
 * Faults: ResourceConflictException; InvalidParameterValueException for CORS settings that no header could say.
 * Source: Lambda API Reference, CreateFunctionUrlConfig.
 */
export const CreateFunctionUrlConfig = lambda('CreateFunctionUrlConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target, { AuthType }) => access('CreateFunctionUrlConfig', target, AuthType),
  run({ target, input, call }) {
    const { document, qualifier, account, arn } = target
    const id = idOf(document.name, qualifier)
    if (call.urls.in(account).get(id))
      throw faults.conflict(
        `Failed to create function url config for [functionArn = ${arn}]. Error message:  FunctionUrlConfig exists for this Lambda function`,
      )
    const made: UrlDocument = {
      account,
      region: call.region,
      functionName: document.name,
      qualifier,
      functionArn: arn,
      urlId: newUrlId(call.randomBytes),
      auth: input.AuthType,
      mode: input.InvokeMode ?? 'BUFFERED',
      cors: storedCors(input.Cors),
      createdAtMs: call.nowMs,
      modifiedAtMs: call.nowMs,
    }
    call.urls.in(account).put(id, made)
    return shown(call, made)
  },
})

export const GetFunctionUrlConfig = lambda('GetFunctionUrlConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target, _input, call) => access('GetFunctionUrlConfig', target, existingAuth(call, target)),
  run: ({ target, call }) => shown(call, existing(call, target)),
})

/** Changes what is given; the address and the rest stay. `Cors` is replaced as a whole. */
export const UpdateFunctionUrlConfig = lambda('UpdateFunctionUrlConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target, { AuthType }, call) =>
    access('UpdateFunctionUrlConfig', target, AuthType ?? existingAuth(call, target)),
  run({ target, input, call }) {
    const before = existing(call, target)
    const changed: UrlDocument = {
      ...before,
      auth: input.AuthType ?? before.auth,
      mode: input.InvokeMode ?? before.mode,
      cors: input.Cors ? storedCors(input.Cors) : before.cors,
      modifiedAtMs: call.nowMs,
    }
    call.urls.in(target.account).put(idOf(before.functionName, before.qualifier), changed)
    return shown(call, changed)
  },
})

/** Takes the address away for good: the next one is another. */
export const DeleteFunctionUrlConfig = lambda('DeleteFunctionUrlConfig', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target, _input, call) => access('DeleteFunctionUrlConfig', target, existingAuth(call, target)),
  run({ target, call }) {
    const { functionName, qualifier } = existing(call, target)
    call.urls.in(target.account).delete(idOf(functionName, qualifier))
    return {}
  },
})

export const ListFunctionUrlConfigs = lambda('ListFunctionUrlConfigs', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:ListFunctionUrlConfigs', resource: target }],
  run({ target: { account, document }, input, call }) {
    const all = call.urls.in(account).find('function', document.name)
    const { items, NextMarker } = page(all, ({ id }) => id, input)
    return {
      FunctionUrlConfigs: items.map(({ document: url }) => shown(call, url)),
      ...(NextMarker !== undefined && { NextMarker }),
    }
  },
})

type Target = ReturnType<typeof findFunction>

function access(operation: string, target: Target, auth: UrlDocument['auth'] | undefined) {
  return [
    {
      action: `lambda:${operation}`,
      resource: target,
      conditions: {
        'lambda:FunctionArn': target.arn,
        ...(auth !== undefined && { 'lambda:FunctionUrlAuthType': auth }),
      },
    },
  ]
}

function existingAuth(call: LambdaCall, target: Target): UrlDocument['auth'] | undefined {
  return 'document' in target ? find(call, target)?.auth : undefined
}

function existing(call: LambdaCall, target: FoundFunction): UrlDocument {
  const found = find(call, target)
  if (!found) throw faults.noPolicy()
  return found
}

function find(call: LambdaCall, { account, document, qualifier }: FoundFunction): UrlDocument | undefined {
  return call.urls.in(account).get(idOf(document.name, qualifier))
}

function shown(call: LambdaCall, url: UrlDocument): Shown {
  return {
    FunctionUrl: urlText(url, call, call.parts.publicUrl),
    FunctionArn: url.functionArn,
    AuthType: url.auth,
    ...(url.cors && { Cors: url.cors }),
    CreationTime: new Date(url.createdAtMs).toISOString(),
    LastModifiedTime: new Date(url.modifiedAtMs).toISOString(),
    InvokeMode: url.mode,
  }
}

import { lambda } from './declare.ts'
import { faults } from './faults.ts'
import { findWholeFunction } from './find.ts'
import { accountConcurrency } from '#functions/index.ts'

/**
 * Sets how many of a function may run at a time; 0 stops it. Differs: it is a ceiling alone; what others leave is not kept free for it.
 * Source: Lambda API Reference, PutFunctionConcurrency.
 */
export const PutFunctionConcurrency = lambda('PutFunctionConcurrency', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:PutFunctionConcurrency', resource: target }],
  run({ target: { account, document }, input: { ReservedConcurrentExecutions: reserved }, call }) {
    if (reserved > accountConcurrency)
      throw faults.invalid(
        `Specified ReservedConcurrentExecutions is larger than what this deployment runs at a time: ${accountConcurrency}`,
      )
    call.functions.in(account).put(document.name, { ...document, reserved })
    return { ReservedConcurrentExecutions: reserved }
  },
})

export const GetFunctionConcurrency = lambda('GetFunctionConcurrency', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:GetFunctionConcurrency', resource: target }],
  run: ({
    target: {
      document: { reserved },
    },
  }) => (reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }),
})

export const DeleteFunctionConcurrency = lambda('DeleteFunctionConcurrency', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:DeleteFunctionConcurrency', resource: target }],
  run({ target: { account, document }, call }) {
    const { reserved: _reserved, ...rest } = document
    call.functions.in(account).put(document.name, rest)
    return {}
  },
})

/** Shows limits and how much of them is used. */
export const GetAccountSettings = lambda('GetAccountSettings', {
  access: () => [{ action: 'lambda:GetAccountSettings', resource: '*' }],
  run({ call }) {
    const all = call.functions.list().map(({ document }) => document)
    return {
      AccountLimit: {
        ConcurrentExecutions: accountConcurrency,
        UnreservedConcurrentExecutions: accountConcurrency,
      },
      AccountUsage: {
        FunctionCount: all.length,
        TotalCodeSize: all.reduce((sum, { latest }) => sum + latest.code.bytes, 0),
      },
    }
  },
})

import type { Operations } from '#models/lambda.d.ts'
import { lambda } from './declare.ts'
import { findWholeFunction } from './find.ts'

/**
 * Shows that a function has no code signing configuration: none can be made or given to it. Terraform's provider asks for each function.
 * Source: Lambda API Reference, GetFunctionCodeSigningConfig; AWS answers an empty structure.
 */
export const GetFunctionCodeSigningConfig = lambda('GetFunctionCodeSigningConfig', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:GetFunctionCodeSigningConfig', resource: target }],
  // The model says that both members are always there.
  run: () => ({}) as Operations['GetFunctionCodeSigningConfig']['output'],
})

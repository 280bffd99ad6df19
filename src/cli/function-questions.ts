import type { FunctionHost, FunctionSpec, Invocation, Outcome, RuntimeName } from '#functions/index.ts'

/** A question to the host of functions, which the main thread runs. */
export type FunctionQuestion =
  | { readonly about: 'invoke'; readonly spec: FunctionSpec; readonly invocation: Invocation }
  | { readonly about: 'runtimes' }

/** The host of functions as a worker thread sees it. */
export function remoteFunctions(ask: (question: FunctionQuestion) => Promise<unknown>): FunctionHost {
  return {
    // The main thread answers each question with what its own host gives.
    invoke: (spec, invocation) => ask({ about: 'invoke', spec, invocation }) as Promise<Outcome>,
    runtimes: () => ask({ about: 'runtimes' }) as Promise<readonly RuntimeName[]>,
  }
}

/** What the main thread answers. */
export function answerOfFunctions(host: FunctionHost, question: FunctionQuestion): Promise<unknown> {
  return question.about === 'invoke' ? host.invoke(question.spec, question.invocation) : host.runtimes()
}

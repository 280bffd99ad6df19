import type {
  FunctionHost,
  FunctionSpec,
  Invocation,
  Outcome,
  ResponseStream,
  StreamedOutcome,
  StreamPart,
} from '#functions/index.ts'

/** A question to the host of functions, which the main thread runs. */
export type FunctionQuestion =
  | { readonly about: 'invoke'; readonly spec: FunctionSpec; readonly invocation: Invocation }
  | { readonly about: 'stream'; readonly spec: FunctionSpec; readonly invocation: Invocation }
  | { readonly about: 'read' | 'cancel'; readonly stream: number }
  | { readonly about: 'runtimes' }

/** An outcome whose stream stays behind, under a number. */
type Numbered =
  | (Omit<Extract<StreamedOutcome, { kind: 'streaming' }>, 'stream'> & { readonly stream: number })
  | Exclude<StreamedOutcome, { kind: 'streaming' }>

/** The host of functions as a worker thread sees it. */
export function remoteFunctions(ask: (question: FunctionQuestion) => Promise<unknown>): FunctionHost {
  return {
    // The main thread answers each question with what its own host gives.
    invoke: (spec, invocation) => ask({ about: 'invoke', spec, invocation }) as Promise<Outcome>,
    async stream(spec, invocation) {
      const outcome = (await ask({ about: 'stream', spec, invocation })) as Numbered // As above.
      if (outcome.kind !== 'streaming') return outcome
      const { stream } = outcome
      return {
        ...outcome,
        stream: {
          read: () => ask({ about: 'read', stream }) as Promise<StreamPart>, // As above.
          cancel: () => void ask({ about: 'cancel', stream }).catch(() => undefined), // Nobody reads on.
        },
      }
    },
    runtimes: () => ask({ about: 'runtimes' }) as ReturnType<FunctionHost['runtimes']>,
  }
}

/** What the main thread answers. */
export function answerOfFunctions(host: FunctionHost, question: FunctionQuestion): Promise<unknown> {
  switch (question.about) {
    case 'invoke':
      return host.invoke(question.spec, question.invocation)
    case 'stream':
      return openStream(host, question.spec, question.invocation)
    case 'read':
      return readStream(host, question.stream)
    case 'cancel':
      openStreams(host).get(question.stream)?.cancel()
      openStreams(host).delete(question.stream)
      return Promise.resolve()
    case 'runtimes':
      return host.runtimes()
  }
}

/** Streams that other threads read from a host, by number. */
const open = new WeakMap<FunctionHost, Map<number, ResponseStream>>()
let lastNumber = 0

function openStreams(host: FunctionHost): Map<number, ResponseStream> {
  let streams = open.get(host)
  if (!streams) open.set(host, (streams = new Map<number, ResponseStream>()))
  return streams
}

async function openStream(host: FunctionHost, spec: FunctionSpec, invocation: Invocation): Promise<Numbered> {
  const outcome = await host.stream(spec, invocation)
  if (outcome.kind !== 'streaming') return outcome
  openStreams(host).set(++lastNumber, outcome.stream)
  return { ...outcome, stream: lastNumber }
}

async function readStream(host: FunctionHost, number: number): Promise<StreamPart> {
  const part = await openStreams(host).get(number)?.read()
  if (!part || part.end) openStreams(host).delete(number)
  return part ?? { pieces: [], end: { logTail: '' } }
}

/** A value that is there at once (SQLite) or later (a database over the network). */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value: at once where it is there, so that the fast path costs no turn. */
export function next<T, U>(value: Awaitable<T>, then: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(then) : then(value)
}

/** Ends work one way or the other; a failure of `onSuccess` itself is not for `onFailure`. */
export function settled(
  work: () => Awaitable<void>,
  onSuccess: () => void,
  onFailure: (error: unknown) => void,
): Awaitable<void> {
  let value: Awaitable<void>
  try {
    value = work()
  } catch (error) {
    return onFailure(error)
  }
  return value instanceof Promise ? value.then(onSuccess, onFailure) : onSuccess()
}

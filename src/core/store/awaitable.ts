/** A value that is there at once (SQLite) or later (a database over the network). */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value: at once where it is there, so that the fast path costs no turn. */
export function next<T, U>(value: Awaitable<T>, then: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(then) : then(value)
}

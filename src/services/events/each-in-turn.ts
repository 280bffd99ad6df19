/** Does work for each thing in turn; what fails for one keeps none of the others from theirs, and the first failure is thrown then. */
export async function eachInTurn<Thing>(
  things: Iterable<Thing>,
  work: (thing: Thing) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  for (const thing of things)
    try {
      await work(thing)
    } catch (error) {
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
}

import type { World } from '#core/world.ts'

/**
 * Places for environments that start, so that a burst of events does not begin dozens of processes at once and leave the server no processor
 * for its calls: a server that died with events waiting meets such a burst when it starts anew.
 */
export class Starts {
  readonly #places: number
  /** A start that takes longer gives its place up: nobody's slow function keeps others from starting. Units: milliseconds. */
  readonly #heldMs: number
  readonly #world: Pick<World, 'after'>
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(
    world: Pick<World, 'after'>,
    { places, heldMs }: { readonly places: number; readonly heldMs: number },
  ) {
    this.#world = world
    this.#places = places
    this.#heldMs = heldMs
  }

  /** Takes a place; gives what hands it back, once, or nothing where all are taken. */
  take(): (() => void) | undefined {
    if (this.#underWay >= this.#places) return undefined
    this.#underWay += 1
    let isHeld = true
    const handBack = (): void => {
      if (!isHeld) return
      isHeld = false
      disarm()
      this.#underWay -= 1
      this.changed()
    }
    const disarm = this.#world.after(this.#heldMs, handBack)
    return handBack
  }

  /** Ends when a place may be free, or an environment: whoever waits looks again. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** Work for one target at a time at most, and for all. */
const ofOneMax = 8
const ofAllMax = 64

interface Lane {
  readonly waiting: (() => Promise<void>)[]
  running: number
  isHeld: boolean
}

/** Runs tasks of many lanes, in turn: targets that are slow, however many, hold up no other for good. What waits is the store's to bound. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()
  #running = 0
  #idle: (() => void)[] = []

  add(name: string, task: () => Promise<void>): void {
    let lane = this.#lanes.get(name)
    if (!lane) this.#lanes.set(name, (lane = { waiting: [], running: 0, isHeld: false }))
    lane.waiting.push(task)
    this.#run()
  }

  /** Begins nothing more of a lane in which something runs, until it goes on. */
  hold(name: string): void {
    const lane = this.#lanes.get(name)
    if (lane) lane.isHeld = true
  }

  goOn(name: string): void {
    const lane = this.#lanes.get(name)
    if (!lane) return
    lane.isHeld = false
    this.#run()
  }

  /** Forgets what waits. */
  clear(): void {
    for (const lane of this.#lanes.values()) lane.waiting.length = 0
  }

  /** Ends once nothing runs, and nothing waits but in lanes that are held. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle.push(resolve)
    return promise
  }

  #run(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#running >= ofAllMax) return
      if (lane.isHeld || lane.running >= ofOneMax) continue
      const task = lane.waiting.shift()
      if (task) {
        // Behind the others, and met again by this loop: else the first lanes would take every place that comes free.
        this.#lanes.delete(name)
        this.#lanes.set(name, lane)
        void this.#begin(lane, task)
      } else if (lane.running === 0) this.#lanes.delete(name)
    }
  }

  async #begin(lane: Lane, task: () => Promise<void>): Promise<void> {
    lane.running += 1
    this.#running += 1
    try {
      await task() // It never rejects.
    } finally {
      lane.running -= 1
      this.#running -= 1
      this.#run()
      if (this.#running === 0) for (const tell of this.#idle.splice(0)) tell()
    }
  }
}

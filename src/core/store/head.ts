/**
 * The change log's head, in memory that all worker threads share, so that each can tell without a system call whether its
 * replica is current, and can wait until it is not; and the signal by which a writer that waits for the database's lock is woken.
 */
export class Head {
  /** To be handed to other worker threads. */
  readonly buffer: SharedArrayBuffer
  readonly #seq: BigInt64Array
  readonly #releases: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer
    this.#seq = new BigInt64Array(buffer, 0, 1)
    this.#releases = new Int32Array(buffer, 8, 1)
  }

  /** The newest log sequence that was published. */
  get seq(): number {
    return Number(Atomics.load(this.#seq, 0))
  }

  /** Makes a committed sequence known. Of two writers that publish at once, the newer one stands. */
  publish(seq: number): void {
    const published = BigInt(seq)
    let known = Atomics.load(this.#seq, 0)
    while (known < published) known = Atomics.compareExchange(this.#seq, 0, known, published)
    Atomics.notify(this.#seq, 0)
  }

  /** Ends when another sequence than `seq` is known, or `waitMsMax` have passed. It keeps no process alive. */
  async movedFrom(seq: number, waitMsMax: number): Promise<void> {
    await Atomics.waitAsync(this.#seq, 0, BigInt(seq), waitMsMax).value
  }

  /** Counts releases of the lock; read it before trying the lock, and pass it to `waitForRelease`. */
  get releases(): number {
    return Atomics.load(this.#releases, 0)
  }

  /** Says that the lock is free. */
  release(): void {
    Atomics.add(this.#releases, 0, 1)
    Atomics.notify(this.#releases, 0, 1)
  }

  /** Blocks until the lock was released since `releases` was read, or `waitMsMax` have passed. */
  waitForRelease(releases: number, waitMsMax: number): void {
    Atomics.wait(this.#releases, 0, releases, waitMsMax)
  }
}

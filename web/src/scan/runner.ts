// Runs the machine: takes events, keeps, sends and repeats as it says, and tells who listens.

import type { Attempts } from './attempts.ts';
import type { Attempt } from './attempt.ts';
import { type Answer, type Cue, type Effect, type Event, type Model, START, step } from './machine.ts';

export interface World {
  redeem(attempt: Attempt): Promise<Answer>;
  readonly attempts: Attempts;
  cue(cue: Cue): void;
  /** Milliseconds on a steady clock. */
  now(): number;
}

export class Runner {
  #model: Model = START;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #world: World;
  readonly #changed: (model: Model, before: Model) => void;

  constructor(world: World, changed: (model: Model, before: Model) => void) {
    this.#world = world;
    this.#changed = changed;
  }

  get model(): Model {
    return this.#model;
  }

  take(event: Event): void {
    const before = this.#model;
    const { model, effects } = step(before, event);
    this.#model = model;
    if (model.state !== before.state) {
      clearTimeout(this.#timer);
      this.#changed(model, before);
    }
    for (const effect of effects) this.#run(effect);
  }

  /** Goes on with what an earlier visit left, once nothing else is under way. */
  resume(by: string): void {
    if (this.#model.state.name !== 'ready') return;
    const attempt = this.#world.attempts.oldest(by);
    if (attempt) this.take({ type: 'resumed', attempt });
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'keep': this.#world.attempts.keep(effect.attempt); break;
      case 'forget': this.#world.attempts.forget(effect.id); break;
      case 'cue': this.#world.cue(effect.cue); break;
      case 'send': void this.#send(effect.attempt); break;
      case 'retry_in':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => { this.take({ type: 'retry' }); }, effect.ms);
        break;
    }
  }

  async #send(attempt: Attempt): Promise<void> {
    const answer = await this.#world.redeem(attempt);
    this.take({ type: 'answered', id: attempt.id, answer, at: this.#world.now() });
  }
}

// What is heard and felt of a result, so that nobody has to look: two tones up for yes, a low
// buzz twice for no. Only after a first gesture, before which browsers allow neither.

import type { Cue } from '../scan/machine.ts';

interface Tone { readonly hertz: number; readonly at: number; readonly lasts: number; readonly type: OscillatorType }

const sine = (hertz: number, at: number, lasts: number): Tone => ({ hertz, at, lasts, type: 'sine' });
const buzz = (hertz: number, at: number, lasts: number): Tone => ({ hertz, at, lasts, type: 'square' });

const TONES: Readonly<Record<Cue, readonly Tone[]>> = {
  accepted: [sine(880, 0, 0.12), sine(1320, 0.13, 0.22)],
  recorded: [sine(880, 0, 0.12), sine(1047, 0.13, 0.22)],
  refused: [buzz(196, 0, 0.22), buzz(196, 0.3, 0.3)],
  unsent: [sine(440, 0, 0.25)],
  again: [sine(660, 0, 0.12), sine(660, 0.2, 0.12)],
  held: [buzz(262, 0, 0.15)],
};

const PULSES: Readonly<Record<Cue, number[]>> = {
  accepted: [80],
  recorded: [80, 80, 80],
  refused: [200, 100, 200],
  unsent: [120],
  again: [60, 60, 60],
  held: [150],
};

const LOUDNESS = 0.2;

export class Cues {
  muted: boolean;
  #audio: AudioContext | undefined;

  constructor(muted: boolean) {
    this.muted = muted;
    const wake = (): void => {
      this.#audio ??= 'AudioContext' in globalThis ? new AudioContext() : undefined;
      if (this.#audio?.state === 'suspended') void this.#audio.resume();
    };
    for (const gesture of ['pointerup', 'keydown']) addEventListener(gesture, wake, { passive: true });
  }

  give(cue: Cue): void {
    if (!this.muted) for (const tone of TONES[cue]) this.#play(tone);
    if ('vibrate' in navigator && navigator.userActivation?.hasBeenActive) {
      navigator.vibrate(PULSES[cue]);
    }
  }

  #play({ hertz, at, lasts, type }: Tone): void {
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    const start = audio.currentTime + at;
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.type = type;
    tone.frequency.value = hertz;
    const loudness = type === 'square' ? LOUDNESS / 2 : LOUDNESS;
    // A rise and a fall, or it would click.
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(loudness, start + 0.01);
    volume.gain.setValueAtTime(loudness, start + lasts - 0.03);
    volume.gain.linearRampToValueAtTime(0, start + lasts);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + lasts);
  }
}

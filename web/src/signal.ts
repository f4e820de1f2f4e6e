// What the venue hears and feels of a result.

let sound: AudioContext | undefined;

function beep(frequencies: number[], seconds: number): void {
  try {
    sound ??= new AudioContext();
    const context = sound;
    void context.resume();
    frequencies.forEach((frequency, at) => {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = frequency;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + at * seconds);
      tone.stop(context.currentTime + (at + 0.9) * seconds);
    });
  } catch {
    // A result is seen too.
  }
}

export function signal(good: boolean, aloud: boolean): void {
  if (aloud) beep(good ? [880, 1320] : [220, 220, 220], good ? 0.12 : 0.18);
  navigator.vibrate?.(good ? 120 : [200, 100, 200]);
}

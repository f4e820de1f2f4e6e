// Questions before something that is not easily taken back: giving up a sending, undoing.

import type { Outcome } from '../api/http.ts';
import type { Reversed } from '../api/types.ts';
import type { Speech } from '../words/index.ts';
import { h, setText } from './dom.ts';

interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  /** Done on yes; what it says is shown, and the question stays. Nothing said closes it. */
  run(): Promise<string | undefined>;
  /** What stands while it runs. */
  readonly running: string;
}

function ask({ title, text, yes, no, run, running }: Question): void {
  const said = h('p', { class: 'wrong', role: 'alert' });
  let busy = false;
  const answer = h('button', {
    type: 'button', class: 'grave', onclick: () => {
      if (busy) return;
      busy = true;
      setText(said, '');
      setText(answer, running);
      void run().then((trouble) => {
        busy = false;
        if (trouble === undefined) dialog.close();
        setText(answer, yes);
        setText(said, trouble ?? '');
      });
    },
  }, yes);
  const keep = h('button', { type: 'button', class: 'second', onclick: () => { dialog.close(); } }, no);
  const dialog = h('dialog', {
    class: 'question', 'aria-labelledby': 'question-title', 'aria-describedby': 'question-text',
    oncancel: (event) => { if (busy) event.preventDefault(); },
    onclose: () => { dialog.remove(); },
  }, h('h2', { id: 'question-title' }, title), h('p', { id: 'question-text' }, text), said,
  h('div', { class: 'actions' }, keep, answer));
  document.body.append(dialog);
  dialog.showModal();
  // The harmless answer has the focus.
  keep.focus();
}

export function askGiveUp({ say }: Speech, giveUp: () => void): void {
  ask({
    title: say('give_up_title'), text: say('give_up_text'), yes: say('give_up_confirm'),
    no: say('give_up_keep'), running: say('give_up_confirm'),
    run: () => { giveUp(); return Promise.resolve(undefined); },
  });
}

export interface Undoing {
  readonly workshops: number;
  readonly occurred_at: string;
  reverse(): Promise<Outcome<Reversed>>;
  done(left: number): void;
}

export function askUndo(speech: Speech, { workshops, occurred_at, reverse, done }: Undoing): void {
  const { say } = speech;
  ask({
    title: say('undo_title'),
    text: say('undo_text', { n: workshops, time: speech.time(occurred_at) }),
    yes: say('undo_confirm'), no: say('undo_keep'), running: say('undoing'),
    async run() {
      const outcome = await reverse();
      if (outcome.kind === 'ok') {
        done(outcome.value.left);
        return undefined;
      }
      if (outcome.kind === 'problem') return outcome.problem.detail;
      return outcome.detail ?? say('undo_failed');
    },
  });
}

// The API, with a short token that the person's session gives. No meaning of what is asked.

export type Answer =
  | { is: 'answer'; status: number; body: unknown }
  /** Nobody is logged in. */
  | { is: 'nobody' }
  /** No network, or no answer in time: whether it was done is not known. */
  | { is: 'nothing' };

const PATIENCE_MS = 10_000;
/** A token is renewed before it ends. */
const EARLY_S = 60;

export class Api {
  private token = '';
  private until = 0;
  private readonly language: () => string;

  constructor(language: () => string) {
    this.language = language;
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', path, body, headers);
  }

  private async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    if (Date.now() >= this.until) {
      const renewed = await this.renew();
      if (renewed.is !== 'answer') return renewed;
    }
    const answer = await this.exchange(method, path, body, headers);
    if (answer.is !== 'answer' || answer.status !== 401) return answer;
    const renewed = await this.renew();
    return renewed.is === 'answer' ? this.exchange(method, path, body, headers) : renewed;
  }

  private async renew(): Promise<Answer> {
    const answer = await request('/session/token', {
      method: 'POST',
      headers: { 'X-Requested-With': 'scan' },
    });
    if (answer.is !== 'answer') return answer;
    if (answer.status === 401 || answer.status === 403) return { is: 'nobody' };
    if (answer.status !== 200) return { is: 'nothing' };
    const { access_token, expires_in } = answer.body as { access_token: string; expires_in: number };
    this.token = access_token;
    this.until = Date.now() + (expires_in - EARLY_S) * 1000;
    return answer;
  }

  private exchange(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const all: Record<string, string> = {
      ...headers,
      Authorization: `Bearer ${this.token}`,
      'Accept-Language': this.language(),
    };
    const init: RequestInit = { method, headers: all };
    if (body !== undefined) {
      all['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    return request(path, init);
  }
}

async function request(path: string, init: RequestInit): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(path, { ...init, signal, cache: 'no-store', redirect: 'error' });
    const text = await response.text();
    const body: unknown = text === '' ? {} : JSON.parse(text);
    return { is: 'answer', status: response.status, body };
  } catch {
    return { is: 'nothing' };
  }
}

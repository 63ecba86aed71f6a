import { setTimeout as delay } from "node:timers/promises";

const TRIES = 12;
const PAUSE_MS = 2_500;

/**
 * Asks again until the answer is the one waited for: a listing of Google's shows a new file only after a while. Gives
 * the last answer, right or not, for the test to judge.
 */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isRight: (answer: Answer) => boolean,
): Promise<Answer> {
  let answer = await ask();
  for (let tries = 1; tries < TRIES && !isRight(answer); tries += 1) {
    await delay(PAUSE_MS);
    answer = await ask();
  }
  return answer;
}

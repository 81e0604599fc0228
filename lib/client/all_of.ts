/** Does this with each, a few at a time; the errors of those that failed. */
export async function allOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<unknown[]> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await act(item).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return errors;
}

const AT_ONCE = 4;

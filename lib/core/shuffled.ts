/** The same things in an order that follows from `random`, which returns numbers in [0, 1). */
export function shuffled<T>(things: Iterable<T>, random: () => number): T[] {
  const order = Array.from(things, (thing) => ({ thing, roll: random() }));
  return order.sort((a, b) => a.roll - b.roll).map(({ thing }) => thing);
}
